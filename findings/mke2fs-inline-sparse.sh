#!/bin/sh
# A file that ends in a hole is shorter in the image (e2fsprogs, tried with 1.47.0)
#
# Expected: mke2fs -d copies a folder's files as they are; a hole reads as zeros, so a sparse file of 1 MiB
#   has 1 MiB in the image, whatever the file system's features.
# Seen: with the feature inline_data a file ends where its last data ends: 8 KiB with two bytes at the start
#   have 1,024 bytes, and 1 MiB without any data has 60. mke2fs succeeds and e2fsck finds nothing. Without
#   that feature, or when the hole lies before the data, all is right.
# Why: misc/create_inode.c, copy_file(): the size is set first and data is copied extent by extent; a file
#   that begins inline gets its size from what is written into it, and nobody sets it again.
# Matters: preallocated logs, partitions for later data and disks for guests are such files; a guest then
#   finds a disk of 60 bytes. Compare sizes after the image is made, or leave inline_data out.
set -eu
for tool in mke2fs debugfs e2fsck; do
	PATH=$PATH:/sbin:/usr/sbin command -v $tool >/dev/null || { echo "missing: apt-get install e2fsprogs" >&2; exit 1; }
done
PATH=$PATH:/sbin:/usr/sbin
room=$(mktemp -d)
trap 'rm -rf "$room"' EXIT
cd "$room"
mke2fs -V 2>&1 | head -n 1
mkdir root
truncate -s 1M root/hole
printf 'hi' > root/start
truncate -s 8K root/start
truncate -s 500000 root/end
printf 'at the end' >> root/end
head -c 10000 /dev/zero | tr '\0' x > root/dense

# Prints the sizes that the four files have in an image with this feature on or off.
sizes() {
	truncate -s 16M image
	timeout -k 5 60 mke2fs -q -F -t ext4 -b 1024 -I 256 -O "$1" -d root image
	timeout -k 5 60 e2fsck -fn image >e2fsck.log 2>&1 || { cat e2fsck.log; return 1; }
	for name in hole start end dense; do
		debugfs -R "dump $name copy" image 2>/dev/null
		stat -c %s copy
	done | paste -sd ' '
	rm image
}
was=$(for name in hole start end dense; do stat -c %s root/$name; done | paste -sd ' ')
without=$(sizes '^inline_data')
with=$(sizes inline_data)
echo "a hole, a hole behind two bytes, a hole before ten, no hole:"
echo "in the folder                $was"
echo "in the image                 $without"
echo "in the image, inline_data    $with"
[ "$was" = "1048576 8192 500010 10000" ]
[ "$without" = "$was" ]
[ "$with" = "60 1024 500010 10000" ]
