"""Whoever was erased stays hidden, whatever happens to the process that erases; the list names nobody."""

from __future__ import annotations

import stat
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from staffroom.config import Instance, Institution
from staffroom.errors import SettingsError, StoreDamaged
from staffroom.tombstones import FILE, Tombstones

MARIA, WEI, OLU = "1000000001", "1000000002", "1000000003"


def instance(root: Path, key: str = "k" * 64) -> Instance:
    return Instance(root, Institution(), secrets={"tombstone_key": key})


def hidden(root: Path, kind: str, ids: Iterable[str]) -> set[str]:
    return set(Tombstones(instance(root)).hidden(kind, ids))


def test_who_was_erased_is_hidden_and_nobody_else(tmp_path: Path) -> None:
    Tombstones(instance(tmp_path)).add("student", MARIA, OLU)
    assert hidden(tmp_path, "student", [MARIA, WEI, OLU]) == {MARIA, OLU}
    assert [Tombstones(instance(tmp_path)).hides("student", one) for one in (MARIA, WEI)] == [True, False]


def test_the_same_id_of_another_kind_is_somebody_else(tmp_path: Path) -> None:
    Tombstones(instance(tmp_path)).add("registered student of CA", MARIA)
    assert hidden(tmp_path, "registered student of NV", [MARIA]) == set()


def test_where_nobody_was_erased_no_secret_is_needed(tmp_path: Path) -> None:
    assert Tombstones(Instance(tmp_path, Institution())).hides("student", MARIA) is False
    assert list(tmp_path.iterdir()) == []


def test_the_list_names_nobody_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    Tombstones(instance(tmp_path)).add("student", MARIA)
    assert MARIA.encode() not in (tmp_path / FILE).read_bytes()
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    (other := tmp_path / "other").mkdir()
    Tombstones(instance(other, "another key of another instance, just as long")).add("student", MARIA)
    assert (other / FILE).read_bytes() != (tmp_path / FILE).read_bytes()


def test_to_erase_twice_adds_one_line(tmp_path: Path) -> None:
    for _ in range(2):
        Tombstones(instance(tmp_path)).add("student", MARIA, MARIA)
    assert (tmp_path / FILE).read_bytes().count(b"\n") == 2  # the key's and hers


def test_a_process_that_reads_learns_what_another_one_adds(tmp_path: Path) -> None:
    reader = Tombstones(instance(tmp_path))
    assert reader.hides("student", MARIA) is False
    Tombstones(instance(tmp_path)).add("student", MARIA)
    assert reader.hides("student", MARIA) is True


def test_two_who_erase_at_once_lose_nothing(tmp_path: Path) -> None:
    names = [f"{number}" for number in range(40)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: Tombstones(instance(tmp_path)).add("student", name), names))
    assert hidden(tmp_path, "student", names) == set(names)
    assert (tmp_path / FILE).read_bytes().count(b"\n") == 41


def test_half_a_line_of_a_killed_process_hides_nobody_and_is_mended_by_the_next(tmp_path: Path) -> None:
    Tombstones(instance(tmp_path)).add("student", MARIA)
    whole = (tmp_path / FILE).read_bytes()
    Tombstones(instance(tmp_path)).add("student", WEI)
    for cut in range(len(whole), (tmp_path / FILE).stat().st_size):
        data = (tmp_path / FILE).read_bytes()
        (tmp_path / FILE).write_bytes(data[:cut])
        assert hidden(tmp_path, "student", [MARIA, WEI]) == {MARIA}
        Tombstones(instance(tmp_path)).add("student", WEI)
        assert (tmp_path / FILE).read_bytes() == data


@pytest.mark.parametrize("secrets", [{"tombstone_key": "another key"}, {}], ids=["another", "none"])
def test_without_its_key_nothing_is_taken_in(tmp_path: Path, secrets: dict[str, str]) -> None:
    Tombstones(instance(tmp_path)).add("student", MARIA)
    other = Instance(tmp_path, Institution(), secrets=secrets)
    for use in (Tombstones.hides, Tombstones.add):
        with pytest.raises(SettingsError) as refused:
            use(Tombstones(other), "student", WEI)
        assert refused.value.place == "secret tombstone_key"
    assert hidden(tmp_path, "student", [MARIA, WEI]) == {MARIA}


def test_another_key_is_told_with_what_to_do(tmp_path: Path) -> None:
    Tombstones(instance(tmp_path)).add("student", MARIA)
    with pytest.raises(SettingsError) as refused:
        Tombstones(instance(tmp_path, "another key")).hides("student", MARIA)
    assert str(refused.value) == (
        "secret tombstone_key: is not the one that tombstones was written with: who was erased would come "
        "back. Nothing is taken in. Put the old tombstone_key back into secrets.toml."
    )


def test_a_damaged_list_is_refused(tmp_path: Path) -> None:
    Tombstones(instance(tmp_path)).add("student", MARIA)
    (tmp_path / FILE).write_bytes((tmp_path / FILE).read_bytes().replace(b"student\t", b"student\tx"))
    with pytest.raises(StoreDamaged) as refused:
        Tombstones(instance(tmp_path)).hides("student", MARIA)
    assert refused.value.problem == "holds a line that is no tombstone."


@pytest.mark.parametrize("kind", ["", "key", "two\twords", "two\nlines"])
def test_a_kind_that_would_break_the_list_is_a_mistake_of_ours(tmp_path: Path, kind: str) -> None:
    with pytest.raises(ValueError, match="is no kind of ids"):
        Tombstones(instance(tmp_path)).add(kind, MARIA)


@given(erased=st.lists(st.tuples(st.sampled_from(["a", "b"]), st.text(max_size=5)), max_size=20))
def test_whatever_is_added_in_whatever_order_is_what_is_hidden(
    tmp_path_factory: pytest.TempPathFactory, erased: list[tuple[str, str]]
) -> None:
    root = tmp_path_factory.mktemp("instance")
    for kind, one in erased:
        Tombstones(instance(root)).add(kind, one)
    asked = {one for _, one in erased} | {"somebody else"}
    for kind in ("a", "b"):
        assert hidden(root, kind, asked) == {one for of, one in erased if of == kind}
