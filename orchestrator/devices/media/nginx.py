"""The configuration of the embedded hub. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from orchestrator.config.model import HubSettings
from orchestrator.devices.media.paths import is_local
from orchestrator.plan.model import Venue

MODULES = (
    Path("/usr/lib/nginx/modules/ngx_rtmp_module.so"),
    Path("/usr/lib64/nginx/modules/ngx_rtmp_module.so"),
    Path("/usr/share/nginx/modules/ngx_rtmp_module.so"),
    Path("/etc/nginx/modules/ngx_rtmp_module.so"),
)
"""Where the RTMP module may lie."""

_TEMPLATE = """\
load_module {module};
daemon off;
master_process off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr warn;
events {{ worker_connections 512; }}

rtmp {{
    access_log off;
    max_streams 64;
    chunk_size 8192;
    max_message 16m;
    out_queue {queue};
    ping 15s;
    ping_timeout 15s;
    timeout 30s;
    server {{
        listen {listen};
        notify_method get;

        application studio {{
            live on;
            record off;
            publish_notify on;
            {guard}
            allow play 127.0.0.1;
            deny play all;
        }}
        application relay {{
            live on;
            record off;
            publish_notify on;
            {loopback}
        }}
        application program {{
            live on;
            record off;
            {loopback}
        }}
    }}
}}
"""
"""One process, so that its end is seen and frees the port. The programme has no `publish_notify`: its readers must
stay subscribed while a splicer is replaced, whereas a source's readers must learn at once that it went."""
_QUEUE = 4096
"""Messages that wait for a reader, near 80 a second: who stands still for less than the 8 s after which he is ended
misses nothing. With nginx-rtmp's own 256, a pusher that had stood still for 7 s at 6 Mbit/s never got on again."""
_LOOPBACK = "allow publish 127.0.0.1; deny publish all; allow play 127.0.0.1; deny play all;"


def listens_beyond_loopback(hub: HubSettings, venues: Iterable[Venue]) -> bool:
    """Whether a studio on another machine may publish: only with a publish key."""
    return bool(hub.publish_key) and any(not is_local(venue.studio.host) for venue in venues)


def configuration(hub: HubSettings, venues: Iterable[Venue], module: Path, folder: Path) -> str:
    """The hub's nginx.conf.

    Args:
        hub: The hub's settings.
        venues: Every venue; where a studio is on another machine decides on whether the network is listened to.
        module: The RTMP module.
        folder: The hub's run folder.
    """
    if listens_beyond_loopback(hub, venues):
        listen, guard = f"{hub.port}", "allow publish all;"
    else:
        listen, guard = f"127.0.0.1:{hub.port}", "allow publish 127.0.0.1; deny publish all;"
    return _TEMPLATE.format(module=module, folder=folder, listen=listen, guard=guard, queue=_QUEUE, loopback=_LOOPBACK)
