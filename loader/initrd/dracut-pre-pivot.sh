#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# dracut, pre-pivot: the root file system is mounted, nothing of it has run. /sys, and the bpffs on it, is moved there
# next. Sourced.
@LIBDIR@/initrd lock
