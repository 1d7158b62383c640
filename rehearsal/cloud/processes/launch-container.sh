# The first process of a container, until it becomes the container's command or its init process. It runs in new mount and PID namespaces:
#
#   sh launch-container.sh PROCS READ_ONLY TMPFS_MIB INIT HOSTS DIRECTORY [KEPT...] -- COMMAND [ARGUMENT...]
#
# PROCS      the file of a cgroup that takes this process, or "" for none
# READ_ONLY  "yes" makes every file system read-only, as readonlyRootFilesystem does
# TMPFS_MIB  the size of a tmpfs on /tmp, or "" for none
# INIT       "yes" makes the command the child of an init process, as initProcessEnabled does
# HOSTS      the file that becomes /etc/hosts, or "" for this machine's
# DIRECTORY  the working directory of the command
# KEPT       paths below /tmp that stay visible under the tmpfs: this machine's files that the command needs
#
# File descriptor 3 gets the line "ready" just before the command starts, or what went wrong.
set -eu
procs=$1 read_only=$2 tmpfs_mib=$3 init=$4 hosts=$5 directory=$6
shift 6
exec 4>&2 2>&3

if [ -n "$procs" ]; then echo 0 >"$procs"; fi

if [ -n "$hosts" ]; then mount --bind "$hosts" /etc/hosts; fi

# Docker's own default for every container.
mount -t tmpfs -o size=64m,nosuid,nodev,noexec shm /dev/shm

if [ -n "$tmpfs_mib" ]; then
  mkdir /dev/shm/tmp
  mount --rbind /tmp /dev/shm/tmp
  mount -t tmpfs -o "size=${tmpfs_mib}m,mode=1777,nosuid,nodev,noexec" tmpfs /tmp
fi
while [ "$1" != -- ]; do
  if [ -n "$tmpfs_mib" ]; then
    if [ -d "/dev/shm$1" ]; then
      mkdir -p "$1"
    else
      mkdir -p "${1%/*}"
      : >"$1"
    fi
    mount --rbind "/dev/shm$1" "$1"
  fi
  shift
done
shift
if [ -n "$tmpfs_mib" ]; then
  umount -l /dev/shm/tmp
  rmdir /dev/shm/tmp
fi

if [ "$read_only" = yes ]; then
  # The flags that a mount has stay: without root, the kernel refuses to take one away. A mount that cannot be changed
  # is one that this user cannot write to, or it is found below.
  while read -r _ _ _ _ point flags _; do
    case "$point" in
      /proc | /proc/* | /sys | /sys/* | /dev | /dev/*) continue ;;
      /tmp) if [ -n "$tmpfs_mib" ]; then continue; fi ;;
    esac
    case "$flags" in
      rw | rw,*) mount -o "remount,bind,ro${flags#rw}" "$(printf %b "$point")" 2>/dev/null || true ;;
    esac
  done </proc/self/mountinfo
  if [ -w / ] || [ -w "$directory" ]; then
    echo "the root file system cannot be made read-only" >&3
    exit 125
  fi
fi

mount -t proc proc /proc
cd "$directory"
echo ready >&3
if [ "$init" = no ]; then exec "$@" 2>&4 3>&- 4>&-; fi

"$@" 2>&4 3>&- 4>&- &
program=$!
exec 3>&- 4>&-
trap 'kill -TERM "$program" 2>/dev/null || true' TERM
# A program that has ended already may be gone, so it is waited for before anybody asks whether it runs.
code=0
wait "$program" || code=$?
# A signal ends `wait` before the program has ended.
while kill -0 "$program" 2>/dev/null; do
  code=0
  wait "$program" || code=$?
done
exit "$code"
