"""Random sequences of changes, a run after each, and every state held against a build from nothing.

    python -m tests.workflow.random_changes --sequences 200 --changes 10

runs them from the folder of the clone, prints a line a sequence, leaves the folder of one that differs;
`--first N --sequences 1` repeats one, `--checked 0.3` runs after three of ten changes only. On two quiet cores a change
with its run takes about ten seconds.
"""

import argparse
import os
import random
import shutil
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import tests.conftest  # noqa: F401 (makes the library importable where pytest is not at work)

from .conftest import dam_mcpc, dam_spp
from .places import CORRECTED, CORRECTION, GONE, NOTHING_TO_BUILD, Place, forget, other_clone, rename, same, spell

DAYS = [*(date(2023, 12, 29) + timedelta(days=i) for i in range(6)), date(2023, 11, 15)]  # over the turn of a year
SETTINGS = {
    "fail_on": ("critical", "warning", "never"),
    "batch_mb": ("0.3", "30", "500"),
    "datasets": ("all", "dam_spp", "dam_*"),
    "years": ("all", "2023", "2023-2024"),
}


class Sequence:
    """A place that changes at random; the same seed makes the same changes."""

    def __init__(self, path: Path, seed: int):
        self.place, self.chance, self.told = Place(path), random.Random(seed), []
        self.expected: dict[str, dict] = {}  # states by what they depend on
        for day in DAYS[1:4]:
            self.write(*dam_spp(day))
        self.write(*dam_mcpc(DAYS[2]))

    def write(self, name: str, text: str, folder: str = "dam") -> None:
        path = self.place.raw / folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def raw_files(self, ending: str = "") -> list[Path]:
        return sorted(path for path in self.place.raw.rglob(f"*{ending}") if path.is_file())

    def one_of(self, paths: list[Path]) -> Path | None:
        return self.chance.choice(paths) if paths else None

    # --- The raw tree -------------------------------------------------------------------------------------------------

    def add(self) -> None:
        make = self.chance.choice((dam_spp, dam_spp, dam_mcpc))
        self.write(*make(self.chance.choice(DAYS)), folder=self.chance.choice(("dam", "more/2024")))

    def publish_again(self) -> None:
        """Add a later publication of a day with other prices, so that rows are superseded."""
        self.write(*dam_spp(self.chance.choice(DAYS), "150000", self.chance.choice((0.0, 0.5))))

    def correct(self) -> None:
        self.write(CORRECTION, CORRECTED.replace("61.50", f"{self.chance.randint(50, 99)}.50"), "")

    def change(self) -> None:
        if path := self.one_of(self.raw_files(".csv")):
            path.write_text(path.read_text().replace(",7.", f",{self.chance.randint(100, 999)}."))

    def spoil(self) -> None:
        """Make a row unusable."""
        if path := self.one_of(self.raw_files(".csv")):
            path.write_text(path.read_text().replace("08:00,", "88:00,", 1))

    def remove(self) -> None:
        if path := self.one_of(self.raw_files()):
            path.unlink()

    def remove_correction(self) -> None:
        for path in self.place.raw.rglob(CORRECTION):
            path.unlink()

    def touch(self) -> None:
        if path := self.one_of(self.raw_files()):
            os.utime(path)

    def move(self) -> None:
        if path := self.one_of(self.raw_files()):
            target = self.place.raw / f"folder {self.chance.randint(1, 3)}" / path.name
            target.parent.mkdir(exist_ok=True)
            path.replace(target)

    def rename_file(self) -> None:
        """Give a file another time of publication, or a name that is none of ERCOT's."""
        if path := self.one_of(self.raw_files(".csv")):
            other = self.chance.choice((("cdr.", "Copy of cdr."), (".123000.", f".12300{self.chance.randint(1, 9)}.")))
            path.replace(path.with_name(path.name.replace(*other)))

    def zip(self) -> None:
        if path := self.one_of(self.raw_files(".csv")):
            with zipfile.ZipFile(path.with_name(f"{path.stem}_csv.zip"), "w") as packed:
                packed.write(path, path.name)
            path.unlink()

    # --- Everything else ----------------------------------------------------------------------------------------------

    def configure(self) -> None:
        key = self.chance.choice(list(SETTINGS))
        self.place.config[key] = self.chance.choice(SETTINGS[key])

    def switch_clone(self) -> None:
        """Run from the other clone, in whose folder Snakemake remembers other runs."""
        if self.place.working:
            self.place.clone, self.place.working = Place.clone, ""
        elif (self.place.path / "clone").exists():
            self.place.clone, self.place.working = self.place.path / "clone", "clone"
        else:
            other_clone(self.place)

    def forget(self) -> None:
        forget(self.place)

    def rename_results(self) -> None:
        rename(self.place)

    def spell(self) -> None:
        spell(self.place)

    def outputs(self) -> list[Path]:
        found = sorted(
            path for path in self.place.outputs.rglob("*") if path.is_file() and not path.name.startswith(".")
        )
        return [path for path in found if "looks" not in path.name and "zips" not in path.name]

    def delete_output(self) -> None:
        if path := self.one_of(self.outputs()):
            self.told.append(str(path.relative_to(self.place.outputs)))
            path.unlink()

    def damage_output(self) -> None:
        """Flip a bit of something that jobs have made; schema.json and files of planning are not among it."""
        made = [path for path in self.outputs() if path.suffix in (".parquet", ".json") and "origins" not in path.parts]
        if path := self.one_of([path for path in made if path.stat().st_size]):
            self.told.append(str(path.relative_to(self.place.outputs)))
            content = bytearray(path.read_bytes())
            content[self.chance.randrange(len(content))] ^= 1 << self.chance.randrange(7)
            path.write_bytes(content)

    def mix_up_times(self) -> None:
        for path in self.outputs():
            moment = time.time() + self.chance.randint(-100_000, 100_000)
            os.utime(path, (moment, moment))

    def step(self, checked: bool) -> str:
        """Change something; where ``checked``, run and compare with a build from nothing. Returns what was changed."""
        change = self.chance.choice(CHANGES)
        self.told = [change.__name__]
        change(self)
        if checked:
            self.check()
        return " ".join([*self.told, *(["(run)"] if checked else [])])

    def check(self, again: bool = False) -> None:
        """Run as `-n` says, and hold what is there against a build from nothing."""
        key = self.place.digest()
        if key not in self.expected:
            self.expected[key] = self.place.from_nothing()
        check(self.place, self.expected[key], again)


CHANGES: tuple[Callable[[Sequence], None], ...] = (
    *(Sequence.add, Sequence.publish_again, Sequence.correct, Sequence.change, Sequence.change, Sequence.spoil),
    *(Sequence.remove, Sequence.remove, Sequence.remove_correction, Sequence.touch, Sequence.move),
    *(Sequence.rename_file, Sequence.zip, Sequence.configure, Sequence.configure, Sequence.switch_clone),
    *(Sequence.forget, Sequence.rename_results, Sequence.spell, Sequence.delete_output, Sequence.delete_output),
    *(Sequence.damage_output, Sequence.damage_output, Sequence.mix_up_times),
)


def check(place: Place, expected: dict, again: bool) -> None:
    """Run as `-n` says, delete what has lost its raw files, and compare; ``again``: a second run has nothing to do."""
    listed = place.run("-n")
    run = place.run()
    assert "Traceback" not in run.text, run.text
    assert run.jobs == listed.jobs, (listed.text, run.text)
    if GONE in run.text:
        assert (run.code == 0) == (place.config.get("fail_on") == "never"), run.text
        place.prune(run)
        run = place.run()
        assert GONE not in run.text, run.text
    if expected == NOTHING_TO_BUILD:
        assert run.code != 0, run.text
        assert run.jobs == {}, run.text
        return
    if place.config.get("fail_on") == "warning" and place.losses():  # what a build from nothing cannot know
        expected = expected | {"passed": False}
    assert same(place.state(), expected), differences(place.state(), expected) + run.text
    assert (run.code == 0) == expected["passed"], run.text
    if again:
        run = place.run()
        assert run.jobs == ({} if expected["passed"] else {"verdict": 1, "all": 1}), run.text


def differences(found: dict, expected: dict) -> str:
    """Name what is not as it should be."""
    tables = [path for path, digest in expected["tables"].items() if found["tables"].get(path) != digest]
    parts = [key for key, value in expected["report"].items() if (found["report"] or {}).get(key) != value]
    return f"tables {tables}, report {parts}, passed {found['passed']} instead of {expected['passed']}\n"


def run_sequence(
    path: Path, seed: int, changes: int, checked: float = 1.0, show: Callable[[str], None] = print
) -> None:
    """Make a random tree, change it so many times, and run after that share of the changes and at the end."""
    sequence, done, chance = Sequence(path, seed), ["begin"], random.Random(-seed)
    sequence.check()
    try:
        for _ in range(changes):
            done.append(sequence.step(chance.random() < checked))
        sequence.check(again=True)
    except BaseException:
        show(f"{seed}: {', '.join([*done, *sequence.told])}: FAILED")
        raise
    show(f"{seed}: {', '.join(done)}")


def main() -> None:
    """Run many sequences."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sequences", type=int, default=200)
    parser.add_argument("--changes", type=int, default=10)
    parser.add_argument("--checked", type=float, default=1.0, help="share of the changes that a run follows")
    parser.add_argument("--first", type=int, default=1, help="seed of the first sequence")
    given = parser.parse_args()
    failed = 0
    for seed in range(given.first, given.first + given.sequences):
        folder = Path(tempfile.mkdtemp(prefix=f"ercot-random-{seed}-"))
        try:
            run_sequence(folder, seed, given.changes, given.checked, lambda line: print(line, flush=True))
            shutil.rmtree(folder)
        except AssertionError as error:
            failed += 1
            print(f"{folder} is left for a look: {error}", flush=True)
    sys.exit(f"{failed} of {given.sequences} sequences differ" if failed else 0)


if __name__ == "__main__":
    main()
