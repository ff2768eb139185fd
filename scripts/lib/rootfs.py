"""Root file systems like debian:bookworm-slim, for proofs that need a machine without anything else on it."""
import os, shutil, subprocess

from proving import ROOT

BASE = os.path.join(ROOT, ".cache/bookworm-slim.tar")
# The files that the slim images leave out.
SLIM = ["/usr/share/doc/*", "/usr/share/info/*", "/usr/share/lintian/*", "/usr/share/linda/*",
        "/usr/share/locale/*", "/usr/share/man/*", "/var/cache/man/*"]
# As in the images of Debian: apt keeps no downloaded files.
CLEAN = """DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin || true"; };
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
"""


def run(*arguments, **options):
    subprocess.run(arguments, check=True, **options)


def install_tools(**packages):
    """Installs the packages of tools that are missing on this machine."""
    for tool, package in packages.items():
        if not shutil.which(tool):
            run("apt-get", "install", "--quiet=2", "--yes", "--no-install-recommends", package)


def make_root(root):
    """Makes a root file system in a new directory; a copy of it is kept in .cache for the next time."""
    if not os.path.exists(BASE):
        os.makedirs(os.path.dirname(BASE), exist_ok=True)
        exclusions = [f"--dpkgopt=path-exclude={path}" for path in SLIM]
        run("mmdebstrap", "--quiet", "--variant=minbase", *exclusions, "bookworm", BASE + ".new.tar")
        os.rename(BASE + ".new.tar", BASE)
    os.mkdir(root)
    run("tar", "--extract", "--file", BASE, "--directory", root)
    with open(os.path.join(root, "etc/apt/apt.conf.d/docker-clean"), "w") as file:
        file.write(CLEAN)
    # As engines and installers write it.
    with open(os.path.join(root, "etc/hosts"), "w") as file:
        file.write("127.0.0.1 localhost\n::1 localhost\n")


def run_in(root, command, **options):
    """Runs a shell command in a root, with processes of its own, the host's names and no questions of dpkg."""
    shutil.copy("/etc/resolv.conf", root + "/etc/resolv.conf")
    environment = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                   "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"}
    return subprocess.run(
        ["unshare", "--mount", "--pid", "--fork", f"--mount-proc={root}/proc", "chroot", root, "sh", "-c", command],
        env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **options)
