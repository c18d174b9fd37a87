# From a child pid namespace back into the host's net namespace: that is still not the host.

load --profile baseline
expect_allowed nsenter --net=/proc/1/ns/net -- dev_mem
expect_denied unshare -f -p -- nsenter --net=/proc/1/ns/net dev_mem
