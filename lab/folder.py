"""A node as a folder: its settings, its profile, its state and its root file system."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import shutil
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab import confine, etcfiles, machine_facts, profiles
from lab.errors import LabError

OWN_FOLDERS = (
    "etc",
    "var",
    "opt",
    "root",
    "run",
    "tmp",
    "pitrix",
    "home",
    "srv",
    "mnt",
    "boot",
    "usr",
    "dev",
)
HASH_COST = {"n": 2**12, "r": 8, "p": 1}


@dataclass(frozen=True, slots=True)
class User:
    """A user who may log in. ``password_hash`` is empty where only keys are accepted."""

    name: str
    uid: int
    home: str
    password_hash: str = ""
    sudo: bool = False

    def accepts(self, password: str) -> bool:
        """Check the password of this user."""
        salt, _, _ = self.password_hash.partition(":")
        return bool(salt) and hmac.compare_digest(self.password_hash, hash_password(password, salt))


@dataclass(frozen=True, slots=True)
class Node:
    """One simulated machine on disk. Everything that changes is read from its files when needed."""

    path: Path
    address: str
    port: int
    profile: str
    users: Mapping[str, User]
    password_auth: bool = True
    boot_s: float = 1.0

    @property
    def name(self) -> str:
        """Return the node's name in the lab: its address."""
        return self.address

    @property
    def root(self) -> Path:
        """Return the node's ``/`` on this host; what its processes put there may be a symlink to anywhere."""
        return self.path / "root"

    @property
    def state_folder(self) -> Path:
        """Return the folder of files that the shims read and change."""
        return self.path / "state"

    def state(self) -> dict[str, Any]:
        """Return what the node's tools have changed so far: disks, packages, services."""
        loaded: dict[str, Any] = json.loads((self.state_folder / "state.json").read_text(encoding="utf-8"))
        return loaded

    def facts(self) -> dict[str, Any]:
        """Return the hardware profile, filled for this node."""
        loaded: dict[str, Any] = json.loads((self.path / "profile.json").read_text(encoding="utf-8"))
        return loaded

    def read(self, path: str, limit: int = 1 << 20) -> bytes:
        """Read up to ``limit`` bytes of a file of the node; symlinks stay inside it. Raises: OSError."""
        return confine.read(self.root, path, limit)


def hash_password(password: str, salt: str | None = None) -> str:
    """Return ``salt:hash`` by scrypt(7), so that the lab's folder contains no password."""
    salt = salt or os.urandom(8).hex()
    digest = hashlib.scrypt(password.encode(), salt=salt.encode(), dklen=32, **HASH_COST)
    return f"{salt}:{digest.hex()}"


def create(
    path: Path,
    *,
    profile: str,
    address: str,
    port: int,
    index: int,
    password: str | None = None,
    authorized_keys: Iterable[str] = (),
    users: Mapping[str, Mapping[str, Any]] | None = None,
    password_auth: bool = True,
    boot_s: float = 1.0,
    hostname: str | None = None,
    programs: Iterable[str] = (),
    clock_offset_s: float | None = None,
) -> Node:
    """Create the folder of a new node. ``users``: name -> ``{"password": str | None, "sudo": bool}``.

    ``programs`` run under its supervisor from the start, as on a machine in service.

    Raises:
        LabError: unknown profile, invalid address, or the folder exists already.
    """
    facts = profiles.load(profile, address, index)
    facts["hostname"] = hostname or facts.get("hostname") or etcfiles.host_name(address)
    facts["clock_offset_s"] = clock_offset_s
    if path.exists():
        raise LabError(f"{path} is there already; remove it or choose another address for the node")
    path.mkdir(parents=True, mode=0o700)
    logins = _users(password, users or {})
    _make_root(path / "root", facts, address, authorized_keys, logins)
    settings = {
        "address": address,
        "port": port,
        "profile": profile,
        "password_auth": password_auth,
        "boot_s": boot_s,
        "users": {user.name: _user_settings(user) for user in logins.values()},
    }
    (path / "state").mkdir()
    state = machine_facts.first_state(facts, address)
    state["programs"] = _run_programs(path / "root", list(programs))
    for name, content in (("profile.json", facts), ("state/state.json", state), ("node.json", settings)):
        (path / name).write_text(json.dumps(content, indent=1), encoding="utf-8")
    return load(path)


def _user_settings(user: User) -> dict[str, Any]:
    return {"uid": user.uid, "home": user.home, "password_hash": user.password_hash, "sudo": user.sudo}


def _run_programs(root: Path, names: list[str]) -> dict[str, Any]:
    """Write the configuration of the programs in the node; returns what the supervisor knows of them."""
    settings = {name: {"command": f"/pitrix/bin/{name}", "autostart": "true"} for name in names}
    folder = root / "etc/supervisor/conf.d"
    folder.mkdir(parents=True, exist_ok=True)
    for name, values in settings.items():
        lines = "".join(f"{key}={value}\n" for key, value in values.items())
        (folder / f"{name}.conf").write_text(f"[program:{name}]\n{lines}", encoding="utf-8")
    now = int(time.time())
    return {
        name: {"settings": values, "running": True, "pid": 1000 + 7 * index, "since": now}
        for index, (name, values) in enumerate(settings.items())
    }


def load(path: Path) -> Node:
    """Read the node in this folder.

    Raises:
        LabError: the folder holds no readable node.
    """
    try:
        settings = json.loads((path / "node.json").read_text(encoding="utf-8"))
        users = {name: User(name, **fields) for name, fields in settings.pop("users").items()}
        return Node(path=path, users=users, **settings)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise LabError(
            f"{path} holds no node ({error}); remove the folder and create the node again"
        ) from error


def _users(password: str | None, extra: Mapping[str, Mapping[str, Any]]) -> dict[str, User]:
    users = {"root": User("root", 0, "/root", hash_password(password) if password else "", True)}
    for offset, (name, fields) in enumerate(extra.items()):
        own = fields.get("password")
        users[name] = User(
            name, 1000 + offset, f"/home/{name}", hash_password(own) if own else "", bool(fields.get("sudo"))
        )
    return users


def _make_root(
    root: Path, facts: dict[str, Any], address: str, keys: Iterable[str], logins: Mapping[str, User]
) -> None:
    for name in OWN_FOLDERS:
        (root / name).mkdir(parents=True)
    root.chmod(0o755)
    (root / "root").chmod(0o700)
    (root / "tmp").chmod(0o1777)
    etcfiles.write(root, facts, address)
    ssh = root / "root/.ssh"
    ssh.mkdir(mode=0o700)
    authorized = ssh / "authorized_keys"
    authorized.write_text("".join(f"{key.strip()}\n" for key in keys), encoding="utf-8")
    authorized.chmod(0o600)
    for user in logins.values():
        etcfiles.add_user(root, user.name, user.uid, user.home)


def remove(node: Node) -> None:
    """Delete the folder of a node that is no longer served."""
    shutil.rmtree(node.path)
