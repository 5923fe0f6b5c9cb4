"""Asking whether an RTMP server is there and awake, and who else holds a port."""

from __future__ import annotations

import os
import socket

import psutil

_VERSION = 3
_HANDSHAKE = 1536


def answers(host: str, port: int, timeout: float = 1.0) -> bool:
    """Whether an RTMP server answers the first handshake; a frozen one takes the connection, but doesn't."""
    try:
        with socket.create_connection((host, port), timeout) as connection:
            connection.settimeout(timeout)
            connection.sendall(bytes((_VERSION,)) + bytes(8) + os.urandom(_HANDSHAKE - 8))
            return connection.recv(1) == bytes((_VERSION,))
    except OSError:
        return False


def is_free(host: str, port: int) -> bool:
    """Whether a port can be listened on."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def holder(port: int) -> str:
    """Who listens on a port, for people: its name and number, as far as this user may see it."""
    try:
        for connection in psutil.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr and connection.laddr.port == port:
                if connection.pid is None:
                    break
                return f"{psutil.Process(connection.pid).name()} (process {connection.pid})"
    except psutil.Error:
        pass
    return "another program"


def has_streams(pid: int) -> bool:
    """Whether anybody is connected to a process."""
    try:
        connections = psutil.Process(pid).net_connections("tcp")
    except psutil.Error:
        return False
    return any(connection.status == psutil.CONN_ESTABLISHED for connection in connections)
