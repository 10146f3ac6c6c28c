#!/bin/sh
# A user's file becomes root's in the image (genext2fs, tried with 1.4.2)
#
# Expected: owners are kept, as by mke2fs -d, or refused: ext2 has 32 bits for a user and a group (i_uid and
#   l_i_uid_high), and Linux has used them since 2.4.
# Seen: numbers are cut to 16 bits without a word: 100000 is 34464, and 65536 and 524288 are 0, which is
#   root. The major number of a device is cut to 8 bits: 300 is 44. e2fsck finds nothing.
# Why: genext2fs.c: an inode's i_uid and i_gid are uint16, and the high halves are never written; a device
#   is put into one word of the old form by MKDEV.
# Matters: root file systems are built by users and containers whose numbers begin at multiples of 65536; a
#   file that is theirs, with its set-user-id bit, is root's on the target. Give owners by -U, or a
#   device table, or use mke2fs -d.
set -eu
PATH=$PATH:/sbin:/usr/sbin
for tool in genext2fs debugfs fakeroot; do
	command -v $tool >/dev/null || { echo "missing: apt-get install genext2fs e2fsprogs fakeroot" >&2; exit 1; }
done
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
genext2fs -V 2>&1 | head -n 1
mkdir root
cat > build.sh <<'SH'
for owner in 1000 65535 65536 100000 524288; do
	echo "of $owner" > "root/of-$owner"
	chown "$owner:$owner" "root/of-$owner"
done
mknod root/device c 300 7
genext2fs -b 1024 -d root by-genext2fs >/dev/null 2>&1
truncate -s 1M by-mke2fs
mke2fs -q -t ext2 -d root by-mke2fs
SH
timeout -k 5 60 fakeroot sh build.sh

# Prints a file's owner, group and, if it is one, device number.
facts() {
	debugfs -R "stat $2" "$1" 2>/dev/null | sed -nE 's/^User: +([0-9]+) +Group: +([0-9]+).*/\1:\2/p; s/^(\(New-style\) )?Device major\/minor number: ([0-9:]+).*/\2/p' | paste -sd ' '
}
for image in by-mke2fs by-genext2fs; do
	timeout -k 5 60 e2fsck -fn $image >e2fsck.log 2>&1 || { cat e2fsck.log; exit 1; }
	for name in of-1000 of-65535 of-65536 of-100000 of-524288 device; do
		echo "$name is $(facts $image $name)"
	done > $image.txt
	echo "$image: $(paste -sd ',' $image.txt)"
done
[ "$(sed 's/.* is //' by-mke2fs.txt | paste -sd ' ')" = "1000:1000 65535:65535 65536:65536 100000:100000 524288:524288 0:0 300:07" ]
[ "$(sed 's/.* is //' by-genext2fs.txt | paste -sd ' ')" = "1000:1000 65535:65535 0:0 34464:34464 0:0 0:0 44:07" ]
