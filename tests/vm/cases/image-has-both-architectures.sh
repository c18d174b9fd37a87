# kernels: trixie trixie-arm64
# places: sid-arm64
# timeout: 400
# The container image of both architectures is whole, it names an image for each of them, and the programs of the one for this
# machine load, enforce, log and unload by their own libraries.
case $(uname -m) in
aarch64) own=arm64 ;;
*) own=amd64 ;;
esac
mkdir layout root
tar -xf /vm/images/both.tar -C layout
blob() { # EXPRESSION FILE
	jq -e -r "$1 | .digest | \"layout/blobs/\" + sub(\":\"; \"/\")" "$2" || fail "$2: no $1"
}

row is-whole
index=$(blob '.manifests[0]' layout/index.json)
expect_json "$index" '[.manifests[].platform | .os + "/" + .architecture] | sort == ["linux/amd64", "linux/arm64"]'
manifests=$(for i in 0 1; do blob ".manifests[$i]" "$index"; done)
# shellcheck disable=SC2086 # words
jq -r '.manifests[]?, .config, .layers[]? | select(.) | "\(.digest) \(.size)"' layout/index.json "$index" $manifests |
	sort >described
for file in layout/blobs/sha256/*; do
	echo "sha256:$(sha256sum "$file" | cut -d ' ' -f 1) $(stat -c %s "$file")"
done | sort >there
expect_equal "$(cat there)" "$(cat described)" "what is there"
for manifest in $manifests; do
	expect_json "$(blob .config "$manifest")" '.architecture | . == "amd64" or . == "arm64"'
done

row runs-on-this-machine
manifest=$(blob ".manifests[] | select(.platform.architecture == \"$own\")" "$index")
expect_json "$(blob .config "$manifest")" ".architecture == \"$own\""
gzip -dc "$(blob '.layers[0]' "$manifest")" | tar -xf - -C root
mount -t bpf bpf /sys/fs/bpf
# mounts that end with it
in_image() { # WORD...
	# shellcheck disable=SC2016 # expanded there
	unshare -m sh -c 'for i in dev proc sys; do mount --rbind /$i root/$i; done
		exec chroot root /usr/sbin/bpflock-container "$@"' in_image "$@"
}
expect_allowed dev_mem
BPFLOCK_KIMGLOCK_PROFILE=restricted
export BPFLOCK_KIMGLOCK_PROFILE
expect_exit 0 in_image load
expect_denied dev_mem
expect_exit 0 in_image bpflock-ctl status
expect_exit 0 in_image bpflock-log show -o json
expect_grep '"operation":"dev_mem","decision":"deny"' "$work/out"
expect_exit 0 in_image bpflock-ctl unload
until_true probe dev_mem
expect_nothing_pinned
