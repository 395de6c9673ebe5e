#!/bin/sh
# git-trainset shim: `git trainset hook uninstall` takes it away and puts back what was here before.
# First runs that, then the tool. Where the tool is missing, git goes on.
if [ -x "$0.before-trainset" ]; then
	"$0.before-trainset" "$@" || exit $?
fi
[ -z "$TRAINSET_SKIP" ] || exit 0
tool=$(command -v git-trainset) || tool=@TOOL@
if [ ! -x "$tool" ]; then
	# Said once: the note goes when the tool is back.
	note=$(git rev-parse --git-common-dir)/trainset-missing
	if [ ! -e "$note" ] && : >"$note"; then
		echo "git-trainset: not found, so the dataset does not follow" >&2
		echo "  mend: install it (cargo install git-trainset), or remove this hook: $0" >&2
	fi
	exit 0
fi
exec "$tool" hook run "${0##*/}" "$@" </dev/null
