# kernels: any
load --profile baseline --block kexec
before=$(generation)
load --profile baseline --block kexec
expect_grep 'already' "$work/out"
expect_equal "$(generation)" "$before" generation
load --profile baseline --block kexec,ioport
expect_no_grep 'already' "$work/out"
expect_equal "$(generation)" $((before + 1)) generation
