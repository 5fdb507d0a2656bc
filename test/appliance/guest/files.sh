# Lists the files and accounts of the system, to compare two moments. Source it.
# shellcheck shell=sh

# files [PATH...]: each file with its kind, link, mode, owner and group, and the accounts; without the files that systems write
# by themselves, and without the paths.
files() {
  without='-false'
  for path; do without="$without -o -path $path"; done
  # shellcheck disable=SC2086 # words
  find / -xdev \( -path /proc -o -path /sys -o -path /dev -o -path /run -o -path /tmp -o -path /var/log -o -path /var/lib/systemd \
    -o -path /app -o -path /share -o -path /var/tmp -o -name '*-' -path '/etc/*' -o $without \) -prune -o -printf '%p %y %l %m %u %g\n' | sort
  sed 's/^/passwd /' /etc/passwd
  sort /etc/group | sed 's/^/group /'
}
