"""The loader against an API that only parses, beside the old loader's way: one thing after the other.

``python -m bench.loader [--students N]`` prints the table; ``make bench-loader`` has it among others.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

from bench.command import bench_parser, conclude, say
from bench.measure import Measured, measure
from bench.report import Row

DEFAULT_STUDENTS = 1_000_000
STUDENTS_A_SECOND = 150_000
MOST_MB = 300
SEED = 20171005
OLD_WAY_STUDENTS = 200_000
"""The old way is measured on so many: its rate does not depend on how many follow."""

COLUMNS = """
SSID FirstName MiddleName LastOrSurname Sex DateofBirth SmarterStudentID ResponsibleDistrictIdentifier
ResponsibleSchoolIdentifier GradeLevelWhenAssessed HispanicOrLatinoEthnicity AmericanIndianOrAlaskaNative
Asian BlackOrAfricanAmerican White NativeHawaiianOrOtherPacificIslander DemographicRaceTwoOrMoreRaces
FirstEntryDateIntoUSSchool IDEAIndicator LEPStatus LimitedEnglishProficiencyEntryDate LEPExitDate
EnglishLanguageProficiencyLevel Section504Status EconomicDisadvantageStatus LanguageCode MigrantStatus
PrimaryDisabilityType StateAbbreviation ConfirmationCode Filipino ResidentialAddress City State Zip
ParentHighestEducationLevel EnglishLanguageAcquisitionStatus EnrollmentEffectiveDate LastOrSurnameAlias
FirstNameAlias MiddleNameAlias SpecialEducationDistrict
""".split()  # noqa: SIM905 - as one reads a header
FIRST = ("José", "María", "Wei", "Anna", "Olu", "Priya", "Liam", "Zoë")
LAST = ("Nuñez", "Smith", "Okafor", "Nguyen", "García", "Lee", "O'Brien", "Hernandez-Lopez")

PARSER = """
import asyncio, gc, sys, threading, os
import orjson
from aiohttp import web

async def batch(request):
    orjson.loads(await request.read())
    return web.Response(status=202)

async def main():
    app = web.Application(client_max_size=1 << 30)
    app.router.add_post("/batch", batch)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    await asyncio.Event().wait()

gc.disable()
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
try:
    import uvloop
    uvloop.run(main())
except ImportError:
    asyncio.run(main())
"""


def write_students(path: Path, count: int) -> None:
    """A zip with one CSV of ``count`` invented students, the same for every run."""
    chance = random.Random(SEED)  # noqa: S311 - the same students each time
    answers = ("Yes", "No", "No", "")
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("students.csv", "w") as file,
    ):
        file.write(("^".join(COLUMNS) + "\n").encode())
        for start in range(0, count, 10_000):
            lines = []
            for number in range(start, min(start + 10_000, count)):
                flags = [answers[chance.getrandbits(2)] for _ in range(11)]
                lines.append("^".join(_fields(number, flags)) + "\n")
            file.write("".join(lines).encode("latin1"))


def _fields(number: int, flags: list[str]) -> list[str]:
    born = f"{2005 + number % 14}-{number % 12 + 1:02}-14"
    who = [
        str(10**9 + number),
        FIRST[number & 7],
        f"M{number % 97}",
        f"{LAST[number // 8 & 7]}{number % 9973}",
    ]
    where = [f"X{number:09}", f"{number % 1000:07}", f"{number % 9999:07}", f"{number % 12 + 1:02}"]
    known = [*who, "Female" if number & 1 else "Male", born, *where, *flags[:7], "", *flags[7:9], "", "", ""]
    more = [
        *flags[9:],
        "eng",
        "No",
        "",
        "CA",
        f"c{number}",
        "No",
        f"{number % 999} Main St",
        "Town",
        "CA",
        "90210",
    ]
    return [*known, *more, *[""] * (len(COLUMNS) - len(known) - len(more))]


def main() -> int:
    options = _parser().parse_args()
    with tempfile.TemporaryDirectory(prefix="staffroom-bench-", dir=options.folder) as folder:
        rows = list(loader_rows(Path(folder), options.students))
    return conclude(rows, strict=options.strict)


def loader_rows(folder: Path, students: int) -> Iterator[Row]:
    """The old way and ours, against a process that reads each batch and does no more."""
    yield Row("load of the machine before (0: nobody else)", f"{os.getloadavg()[0]:.1f}")
    say(f"Generating {students:,} students …")
    write_students(folder / "students.zip", students)
    few = min(students, OLD_WAY_STUDENTS)
    write_students(folder / "few.zip", few)
    with subprocess.Popen(
        [sys.executable, "-c", PARSER], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as api:
        assert api.stdout is not None and api.stdin is not None
        url = f"http://127.0.0.1:{int(api.stdout.readline())}/batch"
        (folder / "staffroom.toml").write_text(f'[loader.api]\nurl = "{url}"\ngrant = "none"\n')
        old = few / measure([sys.executable, "-m", "bench.old_way", url, str(folder / "few.zip")]).seconds
        yield Row(f"unpack, map row by row, post one by one ({few:,})", f"{old:,.0f} students/s")
        new = measure(_send(folder))
        yield from _loader_rows(new, students, old)
        started = time.monotonic()
        again = measure([*_send(folder)])
        yield Row(
            "the same file once more",
            f"{time.monotonic() - started:.1f} s, sends nothing",
            met=again.code == 0,
        )
        api.stdin.close()


def _send(folder: Path) -> list[str]:
    words = ["loader", "send", f"--localfile={folder / 'students.zip'}", f"--instance={folder}", "--quiet"]
    return [sys.executable, "-m", "staffroom.cli", *words]


def _loader_rows(new: Measured, students: int, old: float) -> Iterator[Row]:
    rate = students / new.seconds
    yield Row(
        f"loader, whole command ({students:,})",
        f"{rate:,.0f} students/s",
        f"{rate / old:.1f}x",
        f">= {STUDENTS_A_SECOND:,}/s",
        rate >= STUDENTS_A_SECOND,
    )
    yield Row("its CPU", f"{new.cpu_seconds / students * 1e6:.1f} µs a student")
    yield Row("its memory", f"{new.peak_mb:.0f} MB", "", f"< {MOST_MB} MB", new.peak_mb < MOST_MB)


def _parser() -> argparse.ArgumentParser:
    parser = bench_parser("bench.loader", __doc__)
    parser.add_argument("--students", type=int, default=DEFAULT_STUDENTS, help="how many, such as 6400000")
    return parser


if __name__ == "__main__":
    sys.exit(main())
