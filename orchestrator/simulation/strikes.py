"""How each fault strikes a simulated station, and how it ends."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from types import MappingProxyType

from orchestrator.devices.media.splicer.judge import Fault as RelayFault
from orchestrator.simulation import edits, operators
from orchestrator.simulation.faults import RELAY_FAULTS, Fault
from orchestrator.simulation.world import World

Strike = Callable[[World, Fault], None]


def strike(world: World, fault: Fault) -> None:
    """Do it now, and let it end in its time."""
    hit = [fault.venue] if fault.venue and fault.kind not in EVERYWHERE else list(world.watches)
    for venue in hit:
        world.watches[venue].disturb(fault.lasts + EXTRA.get(fault.kind, 0.0), SETTLES[fault.kind])
    world.note("fault", fault.venue or None, str(fault))
    KINDS[fault.kind](world, fault)


def _service_killed(world: World, fault: Fault) -> None:
    world.kill_service(fault.lasts)


def _service_killed_at_step(world: World, fault: Fault) -> None:
    """It dies in the middle of its next work, or at the fault's end if it had none to do."""
    life = world.service.life
    life.dies_in = int(fault.amount)

    def end() -> None:
        if world.service.life is life:
            world.kill_service(0.0)

    world.agenda.after(fault.lasts, end)


def _service_frozen(world: World, fault: Fault) -> None:
    world.service.life.freeze(fault.lasts)

    def awake() -> None:
        for watch in world.watches.values():
            watch.awake()

    world.agenda.after(fault.lasts, awake)


def _power_cut(world: World, fault: Fault) -> None:
    world.kill_service(fault.lasts)
    for name, studio in world.studios.items():
        studio.die()
        for process in tuple(world.paths[name].processes.values()):
            process.end(-9)
        world.paths[name].order = None
        world.agenda.after(fault.lasts, lambda up=studio: up.launch() if up.venue.studio.launch == "never" else None)  # type: ignore[misc]


def _obs_killed(world: World, fault: Fault) -> None:
    studio = world.studios[fault.venue]
    studio.die()
    world.agenda.after(fault.lasts, studio.launch)


def _obs_frozen(world: World, fault: Fault) -> None:
    studio = world.studios[fault.venue]
    studio.freeze()
    world.agenda.after(fault.lasts, studio.thaw)
    world.agenda.after(fault.lasts, world.paths[fault.venue].update)
    world.paths[fault.venue].update()


def _studio_flag(name: str, value: Callable[[Fault], object], after: object) -> Strike:
    def flag(world: World, fault: Fault) -> None:
        studio = world.studios[fault.venue]
        setattr(studio, name, value(fault))
        world.agenda.after(fault.lasts, lambda: setattr(studio, name, after))

    return flag


def _output_drops(world: World, fault: Fault) -> None:
    world.studios[fault.venue].drop(fault.what)


def _scene_by_hand(world: World, fault: Fault) -> None:
    scenes = sorted(world.studios[fault.venue].venue.scenes)
    if scenes:
        world.studios[fault.venue].set_by_hand(scene=scenes[int(fault.amount) % len(scenes)])


def _mute_by_hand(world: World, fault: Fault) -> None:
    studio = world.studios[fault.venue]
    names = sorted(studio.inside.mutes)
    if names:
        name = names[int(fault.amount) % len(names)]
        studio.set_by_hand(mute=(name, not studio.inside.mutes[name]))


def _program(world: World, fault: Fault) -> str:
    """The program that a fault strikes: `pusher` stands for one of those that run."""
    running = sorted(key.partition("/")[2] for key in world.paths[fault.venue].processes)
    return next((name for name in running if name.startswith(fault.what)), fault.what)


def _program_killed(world: World, fault: Fault) -> None:
    world.paths[fault.venue].kill(_program(world, fault))


def _program_stalled(world: World, fault: Fault) -> None:
    world.paths[fault.venue].stall(_program(world, fault))


def _around(name: str) -> Strike:
    def away(world: World, fault: Fault) -> None:
        def set_to(there: bool) -> None:
            setattr(world.around, name, there)
            for studio in world.studios.values():
                if name == "hub":
                    studio.takes_stream = there
                elif name == "disk":
                    studio.takes_file = there
            if name == "hub" and not there:
                for studio in world.studios.values():
                    studio.drop("publish")
            for path in world.paths.values():
                path.update()

        set_to(False)
        world.agenda.after(fault.lasts, lambda: set_to(True))

    return away


def _relays_faulty(world: World, fault: Fault) -> None:
    """Relays go on sending, but nothing that is worth seeing or hearing: the splicer turns to the slate."""

    def set_to(what: RelayFault | None) -> None:
        world.around.relay_fault = what
        for path in world.paths.values():
            path.update()

    set_to(RELAY_FAULTS[fault.what])
    world.agenda.after(fault.lasts, lambda: set_to(None))


def _sink_away(world: World, fault: Fault) -> None:
    names = sorted(world.files.destinations)
    if not names:
        return
    name = names[int(fault.amount) % len(names)]
    world.around.away.add(name)

    def back() -> None:
        world.around.away.discard(name)
        for path in world.paths.values():
            path.update()

    for path in world.paths.values():
        path.update()
    world.agenda.after(fault.lasts, back)


def _clock_stepped(world: World, fault: Fault) -> None:
    """The wall clock jumps; where the fault lasts, it is set right at its end."""

    def step(seconds: float) -> None:
        world.clock.step(timedelta(seconds=seconds))
        for runner in world.service.runners.values():
            world.service.life.after(world.random.uniform(0.0, 1.0), runner.wake)

    step(fault.amount)
    if fault.lasts:
        world.agenda.after(fault.lasts, lambda: step(-fault.amount))


KINDS: Mapping[str, Strike] = MappingProxyType(
    {
        "orchestrator-killed": _service_killed,
        "orchestrator-killed-at-step": _service_killed_at_step,
        "orchestrator-frozen": _service_frozen,
        "power-cut": _power_cut,
        "obs-killed": _obs_killed,
        "obs-frozen": _obs_frozen,
        "obs-slow": _studio_flag("slow", lambda fault: fault.amount, 0.0),
        "obs-refuses": _studio_flag("refusing", lambda fault: frozenset({fault.what}), frozenset()),
        "obs-ignores": _studio_flag("ignoring", lambda fault: frozenset({fault.what}), frozenset()),
        "events-lost": _studio_flag("losing", lambda _: True, after=False),
        "events-late": _studio_flag("delaying", lambda fault: fault.amount, 0.0),
        "output-drops": _output_drops,
        "scene-by-hand": _scene_by_hand,
        "mute-by-hand": _mute_by_hand,
        "program-killed": _program_killed,
        "program-stalled": _program_stalled,
        "sink-away": _sink_away,
        "hub-down": _around("hub"),
        "relays-away": _around("relays"),
        "relays-faulty": _relays_faulty,
        "disk-full": _around("disk"),
        "clock-stepped": _clock_stepped,
        "operator": operators.act,
        "schedule-edited": edits.edit,
    }
)
"""What can be done."""
EVERYWHERE = frozenset(
    {
        "orchestrator-killed",
        "orchestrator-killed-at-step",
        "orchestrator-frozen",
        "power-cut",
        "sink-away",
        "hub-down",
        "relays-away",
        "relays-faulty",
        "disk-full",
        "clock-stepped",
        "schedule-edited",
    }
)
"""What strikes every venue."""
EXTRA: Mapping[str, float] = MappingProxyType({"obs-slow": 10.0, "events-late": 5.0})
"""Seconds for which a kind goes on after its end: what was slow still arrives."""
SETTLES: Mapping[str, float] = MappingProxyType(
    {
        "scene-by-hand": 2.0,
        "mute-by-hand": 2.0,
        "events-lost": 3.0,
        "events-late": 3.0,
        "operator": operators.SETTLES,
        "schedule-edited": edits.SETTLES,
        "orchestrator-frozen": 4.0,
        "output-drops": 4.0,
        "relays-faulty": 6.0,
        "program-killed": 6.0,
        "disk-full": 6.0,
        "sink-away": 10.0,
        "hub-down": 10.0,
        "relays-away": 10.0,
        "orchestrator-killed": 10.0,
        "orchestrator-killed-at-step": 10.0,
        "clock-stepped": 10.0,
        "obs-killed": 10.0,
        "obs-frozen": 10.0,
        "obs-slow": 12.0,
        "power-cut": 12.0,
        "obs-refuses": 15.0,
        "program-stalled": 18.0,
        "obs-ignores": 20.0,
    }
)
"""Seconds after the end of each kind until everything must be as wanted again. What the real parts take, as measured in
docs/reliability.md, and the longest pause before the next try where something is tried again: a command that was
accepted without effect is sent again after 15 s, a refused one after 10 s at most, a destination is tried again within
5 s, and a program that stands still is given 10 s to go on."""
AFTERMATH = max(SETTLES.values())
"""The longest of them."""
