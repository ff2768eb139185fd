"""A root file system that runs systemd, in namespaces of its own, as a machine without a network would."""
import contextlib, os, shlex, subprocess, sys, time

GROUPS = "/sys/fs/cgroup"
# Runs in the new namespaces: mounts what systemd expects, and becomes it.
BOOT = """set -e
mount --make-rprivate /
mount --bind "$root" "$root"
cd "$root"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
if [ -e {groups}/cgroup.controllers ]; then
    mount -t cgroup2 cgroup2 sys/fs/cgroup
else
    mount -t tmpfs -o mode=755 tmpfs sys/fs/cgroup
    mkdir sys/fs/cgroup/systemd
    mount -t cgroup -o none,name=systemd cgroup sys/fs/cgroup/systemd
fi
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs tmpfs tmp
mount -t tmpfs -o mode=755 tmpfs dev
for device in null zero full random urandom tty; do cp --archive /dev/$device dev/; done
mkdir dev/shm dev/pts
ln --symbolic pts/ptmx dev/ptmx
# Not chroot, in which systemd could not make namespaces for its services.
mkdir --parents old
pivot_root . old
umount --lazy /old
exec env --ignore-environment container=proof PATH=/usr/sbin:/usr/bin:/sbin:/bin \\
    /lib/systemd/systemd --log-target=journal
"""


class Machine:
    """A running systemd."""

    def __init__(self, root, process):
        self.root, self.process = root, process

    def run(self, command, patience=120):
        """Runs a shell command on it: the exit code, and what it wrote."""
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as file:
            first = file.read().split()[0]
        result = subprocess.run(
            ["nsenter", f"--target={first}", "--mount", "--pid", "--uts", "--ipc", "--net", "--cgroup",
             "env", "--ignore-environment", "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
             "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C.UTF-8", "sh", "-c", command],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=patience)
        return result.returncode, result.stdout.strip()

    def must(self, command):
        """What a command writes that must not fail."""
        code, text = self.run(command)
        if code != 0:
            sys.exit(f"{command} failed with {code}:\n{text}")
        return text

    def eventually(self, command, expected, patience=60):
        """Whether a command writes the expected text before long."""
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if self.run(command)[1] == expected:
                return True
            time.sleep(0.2)
        return False


@contextlib.contextmanager
def booted(root):
    """Runs systemd in a root in which it is installed; all of its processes end with it."""
    parent = GROUPS if os.path.exists(f"{GROUPS}/cgroup.controllers") else f"{GROUPS}/systemd"
    group = f"{parent}/proof-{os.getpid()}"
    os.mkdir(group)
    join = f"echo $$ > {group}/cgroup.procs && exec unshare --mount --pid --uts --ipc --net --cgroup --fork" \
           f" --kill-child sh -c {shlex.quote(BOOT.format(groups=GROUPS))}"
    process = subprocess.Popen(["sh", "-c", join], env={**os.environ, "root": root}, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL)
    try:
        time.sleep(1)
        machine = Machine(root, process)
        if not machine.eventually("systemctl is-system-running", "running"):
            sys.exit(f"systemd does not run: {machine.run('systemctl --no-pager --failed')[1]}")
        yield machine
    finally:
        process.kill()
        process.wait()
        remove(group)


def remove(group):
    """Removes a control group and those in it, once their processes have ended."""
    for _ in range(50):
        for directory, _, _ in os.walk(group, topdown=False):
            with contextlib.suppress(OSError):
                os.rmdir(directory)
        if not os.path.exists(group):
            return
        time.sleep(0.1)
