"""What everything stands on: the data folder, held by one service, the clock, the catalogue and the status."""

from __future__ import annotations

from orchestrator.catalogue.store import Catalogue
from orchestrator.clock import SystemClock
from orchestrator.config.folders import DataFolder
from orchestrator.config.model import Configuration
from orchestrator.errors import OrchestratorError
from orchestrator.incidents import IncidentBook
from orchestrator.instance import InstanceLock
from orchestrator.status import Snapshot, StatusBoard
from orchestrator.web.doors import where_to_listen


class Ground:
    """Held from its making until `close`.

    Args:
        configuration: All that the files say.
        clock: The clock; started here.
        lock: On the data folder; its holder's from now on.

    Raises:
        BusyError: another service holds the data folder.
        StorageError: the data folder or the database can't be used.
        ConfigError: the HTTP interface would be open to other machines without accounts.
    """

    def __init__(self, configuration: Configuration, clock: SystemClock, lock: InstanceLock) -> None:
        self.configuration = configuration
        """The files as the service began with them."""
        self.station = configuration.station
        """The station."""
        self.folder = DataFolder(self.station.data, self.station.overflow)
        """The data folder."""
        self.clock = clock
        """The clock."""
        self._lock = lock
        lock.acquire(clock.now().isoformat(timespec="seconds"))
        try:
            self.catalogue = Catalogue(self.station.database)
            """What is known again after a restart."""
            self._refuse_open_doors()
        except OrchestratorError:
            lock.release()
            raise
        clock.start()
        self.incidents = IncidentBook(self.catalogue.incidents, self.catalogue.incidents.lasting())
        """What is wrong, and since when."""
        self.board = StatusBoard(Snapshot(clock.now()))
        """The status."""

    def close(self) -> None:
        """Let everything go."""
        self.clock.stop()
        self.catalogue.close()
        self._lock.release()

    def _refuse_open_doors(self) -> None:
        try:
            where_to_listen(self.station.web, self.catalogue)
        except OrchestratorError:
            self.catalogue.close()
            raise
