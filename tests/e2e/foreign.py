"""What others wrote, fetched from PyPI into a temporary folder for one test; where it cannot be had the test ends with 77: skipped."""
import os, subprocess, sys


def fetched(what, words):
    try:
        got = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=300)
        if got.returncode == 0:
            return
        why = got.stdout.strip()[-300:]
    except (OSError, subprocess.TimeoutExpired) as error:
        why = error
    print("skipped: %s cannot be had: %s" % (what, why))
    sys.exit(77)


def virtual_environment(folder):
    """Its interpreter. Debian's python3 makes one only with the package python3-venv."""
    fetched("a virtual environment of Python", [sys.executable, "-m", "venv", folder])
    return os.path.join(folder, "bin", "python3")


def pip_install(python, packages, *options):
    fetched(" ".join(packages), [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--retries", "1", *options, *packages])
