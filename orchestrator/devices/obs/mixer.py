"""Picture, sound, texts and items: what takes effect at once, and goes to OBS in one message."""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.clock import Clock
from orchestrator.devices.device import Command
from orchestrator.devices.obs import problems
from orchestrator.devices.obs.client import ObsClient
from orchestrator.devices.obs.countdown import countdown_texts
from orchestrator.devices.obs.difference import SceneCommand
from orchestrator.devices.obs.link import Link
from orchestrator.devices.obs.messages import NOT_FOUND, Data, LinkError, Request, RequestError, text_request
from orchestrator.errors import DeviceError
from orchestrator.plan.model import Venue, VenueState
from orchestrator.plan.secret import Address

_TIMEOUT = 3.0
"""Seconds that a cue may wait for OBS's answer; the heartbeat usually knows sooner."""


class Mixer:
    """Makes requests of commands, and of refusals problems in words of the venue.

    Args:
        venue: The venue.
        link: Its OBS.
        clock: The clock.
    """

    def __init__(self, venue: Venue, link: Link, clock: Clock) -> None:
        self._venue = venue
        self._link = link
        self._clock = clock

    def send(self, client: ObsClient, commands: Sequence[Command], state: VenueState) -> list[DeviceError | None]:
        """Send all at once; what became of each, in their order."""
        parts: list[tuple[Command, list[Request]]] = []
        results: dict[str, DeviceError | None] = {}
        for command in commands:
            requests = self._requests(command, state)
            if requests:
                parts.append((command, requests))
            else:
                # Only an item that is nowhere leaves nothing to send.
                name = command.field.partition(":")[2]
                results[command.field] = DeviceError(problems.missing_input(self._venue.id, name))
        try:
            answers = iter(_ask(client, [request for _, requests in parts for request in requests]))
            for command, requests in parts:
                errors = [answer for answer in (next(answers) for _ in requests) if isinstance(answer, RequestError)]
                results[command.field] = self._explain(command, errors[0]) if errors else None
        except LinkError as error:
            return [error] * len(commands)
        if any(command.field.startswith(("text:", "relay:")) for command in commands):
            self._link.read_soon()  # no event tells of these
        return [results[command.field] for command in commands]

    def _requests(self, command: Command, state: VenueState) -> list[Request]:
        kind, _, name = command.field.partition(":")
        match kind:
            case "mute":
                return [Request("SetInputMute", {"inputName": name, "inputMuted": command.after})]
            case "text":
                return [text_request(name, str(command.after))]
            case "relay":
                address = command.after.reveal() if isinstance(command.after, Address) else ""
                settings = {"input": address, "is_local_file": False}
                return [Request("SetInputSettings", {"inputName": name, "inputSettings": settings})]
            case "item":
                return [
                    Request(
                        "SetSceneItemEnabled",
                        {"sceneName": scene, "sceneItemId": number, "sceneItemEnabled": command.after},
                    )
                    for scene, number in self._link.where(name)
                ]
            case _:
                return self._scene_requests(command, state)

    def _scene_requests(self, command: Command, state: VenueState) -> list[Request]:
        """The scene, with the transition that it takes and with its countdowns already right."""
        scene = str(command.after)
        observed = self._link.observed()
        transition = (command.transition if isinstance(command, SceneCommand) else None) or self._link.cut()
        texts = countdown_texts(state, self._venue, scene, self._clock.now())
        requests = [text_request(name, text) for name, text in texts.items()]
        if transition is not None and observed is not None and observed.transition != transition:
            requests.append(Request("SetCurrentSceneTransition", {"transitionName": transition}))
        return [*requests, Request("SetCurrentProgramScene", {"sceneName": scene})]

    def _explain(self, command: Command, error: RequestError) -> DeviceError:
        """OBS's refusal in words of the venue."""
        kind, _, name = command.field.partition(":")
        where = self._venue.id
        if error.request == "SetCurrentSceneTransition" and isinstance(command, SceneCommand):
            return DeviceError(problems.missing_transition(where, str(command.transition)))
        if kind == "scene" and error.request == "SetCurrentProgramScene" and error.code == NOT_FOUND:
            return DeviceError(problems.missing_scene(where, str(command.after)))
        if error.code == NOT_FOUND:
            return DeviceError(problems.missing_input(where, name))
        return DeviceError(problems.no_sound(where, name)) if kind == "mute" else error


def _ask(client: ObsClient, requests: Sequence[Request]) -> list[Data | RequestError]:
    """One request goes as it is: it is answered sooner than a batch of one."""
    if len(requests) != 1:
        return client.batch(requests, _TIMEOUT)
    try:
        return [client.request(requests[0].name, _TIMEOUT, **requests[0].data)]
    except RequestError as error:
        return [error]
