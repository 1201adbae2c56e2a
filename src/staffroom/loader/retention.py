"""What a night deletes of the loader: downloads, and what is kept of runs, after long enough."""

from __future__ import annotations

import shutil
import time

from staffroom.config import Instance
from staffroom.loader.arriving import files_folder
from staffroom.loader.errors import LoaderBusy
from staffroom.loader.runs import all_runs, last_at_work, loader_lock, runs_folder
from staffroom.loader.settings import loader_settings

DAY_SECONDS = 24 * 3600


def drop_old(instance: Instance, *, runs_days: int, files_days: int) -> dict[str, int]:
    """Delete what is older; nothing while the loader is at work, since the next night comes."""
    settings = loader_settings(instance)
    if not instance.path(settings.folder).is_dir():
        return {}
    runs, now = all_runs(runs_folder(instance, settings)), time.time()
    try:
        with loader_lock(instance, settings):
            files = [
                path
                for path in files_folder(instance, settings).rglob("*")
                if path.is_file() and path.stat().st_mtime < now - files_days * DAY_SECONDS
            ]
            old = [run for run in runs if last_at_work(run.folder) < now - runs_days * DAY_SECONDS]
            for path in files:
                path.unlink(missing_ok=True)
            for run in old:
                shutil.rmtree(run.folder)
    except LoaderBusy:
        return {}
    return {"loader_files": len(files), "loader_runs": len(old)}
