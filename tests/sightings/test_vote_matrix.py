"""Frames of different lengths come to stand under the characters they voted for."""

from __future__ import annotations

from sightings.vote_matrix import Frame, Matrix, vote_matrix


def frame(text: str, weight: float = 1.0, confidence: float = 0.8) -> Frame:
    return Frame(seconds=1.0, text=text, confidence=confidence, weight=weight)


def rows(matrix: Matrix) -> list[str]:
    return ["".join(cell.char or "." for cell in row.cells) for row in matrix.rows]


def fused(matrix: Matrix) -> str:
    return "".join(cell.char or "." for cell in matrix.fused)


def test_frames_of_the_same_length_stand_character_under_character() -> None:
    matrix = vote_matrix("B99BNX", [], [], [frame("B99BNX"), frame("B98BNX")])
    assert (fused(matrix), rows(matrix)) == ("B99BNX", ["B99BNX", "B98BNX"])
    assert [cell.differs for cell in matrix.rows[1].cells] == [False, False, True, False, False, False]


def test_a_character_that_a_frame_missed_leaves_a_gap() -> None:
    assert rows(vote_matrix("B98BNX", [], [], [frame("B8BNX")])) == ["B.8BNX"]


def test_a_character_that_only_one_frame_saw_has_a_column_of_its_own() -> None:
    matrix = vote_matrix("B99BNX", [], [], [frame("B99BNX"), frame("B99BINX")])
    assert (fused(matrix), rows(matrix)) == ("B99B.NX", ["B99B.NX", "B99BINX"])


def test_extra_characters_before_and_behind_have_columns_too() -> None:
    matrix = vote_matrix("99", [], [], [frame("I99"), frame("99L")])
    assert (fused(matrix), rows(matrix)) == (".99.", ["I99.", ".99L"])


def test_frames_are_compared_with_the_best_guess_where_a_character_could_not_be_read() -> None:
    matrix = vote_matrix("B?9BNX", [], [{"plate": "B99BNX", "score": 0.4}], [frame("B99BNX"), frame("B?9BNX")])
    assert fused(matrix) == "B?9BNX"
    assert not any(cell.differs for row in matrix.rows for cell in row.cells)


def test_weights_are_shares_of_the_heaviest_and_silent_frames_have_no_row() -> None:
    matrix = vote_matrix("B9", [], [], [frame("B9", 0.5), frame("B9", 2.0), frame("", 1.0)])
    assert [row.weight for row in matrix.rows] == [0.25, 1.0]


def test_each_character_bears_its_own_confidence_where_it_is_known() -> None:
    known = [{"text": "B", "confidence": 0.9}, {"text": "9", "confidence": 0.3}]
    seen = Frame(1.0, "B9", 0.5, 1.0, known)
    matrix = vote_matrix("B9", known, [], [seen, frame("B9", confidence=0.6)])
    assert [cell.confidence for cell in matrix.rows[0].cells] == [0.9, 0.3]
    assert [cell.confidence for cell in matrix.rows[1].cells] == [0.6, 0.6]
    assert [cell.confidence for cell in matrix.fused] == [0.9, 0.3]


def test_a_sighting_without_frames_or_text_has_an_empty_matrix() -> None:
    assert vote_matrix("B99", [], [], []).rows == []
    assert rows(vote_matrix("", [], [], [frame("B9")])) == ["B9"]
