"""The map's geometry: true where there is room, legible where there is none."""

from math import hypot

import pytest

from floor.desk.map import HEIGHT, PIN_R, WIDTH, Place, draw

HOME = Place("39204", 32.28, -90.22)
MIDDLE = (WIDTH / 2, HEIGHT / 2)
_MILE_NORTH = 1 / 69.09


def north(miles, name="1"):
    return Place(name, HOME.latitude + miles * _MILE_NORTH, HOME.longitude)


def test_nothing_to_show_is_no_map():
    assert draw([], HOME, []) is None


@pytest.mark.parametrize(
    ("farthest", "rings"), [(1.5, [1, 2]), (4, [2, 5]), (9, [5, 10]), (19.9, [10, 20]), (21, [25, 50]), (90, [50, 100])]
)
def test_the_scale_is_chosen_by_the_farthest(farthest, rings):
    drawn = draw([north(farthest)], HOME, [])
    assert [ring.miles for ring in drawn.rings] == rings
    assert drawn.rings[1].radius / drawn.rings[0].radius == pytest.approx(rings[1] / rings[0], abs=0.05)


def test_north_is_up_east_is_right_and_miles_are_to_scale():
    east = Place("2", HOME.latitude, HOME.longitude + 10 * _MILE_NORTH / 0.8455)  # cosine of 32.28 degrees
    drawn = draw([north(20), east], HOME, [])
    up, right = drawn.pins
    outer = drawn.rings[1].radius
    assert (up.x, up.y) == pytest.approx((MIDDLE[0], MIDDLE[1] - outer), abs=0.2)
    assert (right.x, right.y) == pytest.approx((MIDDLE[0] + outer / 2, MIDDLE[1]), abs=0.2)


def test_pins_in_one_place_stand_apart_in_the_picture_and_never_on_the_caller():
    drawn = draw([north(0.01, str(n)) for n in range(1, 6)], HOME, [])
    spots = [(pin.x, pin.y) for pin in drawn.pins]
    for n, one in enumerate(spots):
        assert hypot(one[0] - MIDDLE[0], one[1] - MIDDLE[1]) >= PIN_R
        for other in spots[n + 1 :]:
            assert hypot(one[0] - other[0], one[1] - other[1]) >= 2 * PIN_R - 0.1


@pytest.mark.parametrize("miles", [0.5, 3, 55, 399, 1500])
def test_everything_lies_within_the_picture(miles):
    drawn = draw([north(miles), north(-miles, "2")], HOME, [north(miles / 2, "Hinds")])
    for mark in drawn.pins + drawn.names:
        assert 0 < mark.x < WIDTH
        assert 0 < mark.y < HEIGHT


def test_without_a_home_the_pins_are_in_the_middle_and_nothing_is_measured():
    drawn = draw([north(10), north(-10, "2")], None, [])
    assert drawn.home is None
    assert drawn.rings == []
    assert sum(pin.y for pin in drawn.pins) / 2 == pytest.approx(HEIGHT / 2)


def test_names_keep_clear_of_each_other_of_the_pins_and_of_the_edge():
    around = [Place(name, HOME.latitude + dy, HOME.longitude + dx) for name, dy, dx in (
        ("Tallahatchie", -0.10, 0.0), ("Yalobusha", -0.13, 0.08), ("Sunflower", -0.16, -0.1), ("Grenada", -0.2, 0.1),
        ("DeSoto", 0.2, 0.05), ("Jefferson Davis", 0.1, 0.16), ("Quitman", 0.0, 0.0),
    )]  # fmt: skip
    drawn = draw([north(12), north(-8, "2")], HOME, around)
    assert 2 <= len(drawn.names) <= 4
    boxes = [(n.x - len(n.name) * 4.7, n.y - 13, n.x + len(n.name) * 4.7, n.y + 4) for n in drawn.names]
    for n, one in enumerate(boxes):
        assert one[0] >= 3
        assert one[2] <= WIDTH - 3
        for other in [*boxes[n + 1 :], *((p.x - 11, p.y - 11, p.x + 11, p.y + 11) for p in drawn.pins)]:
            assert one[2] + 3 <= other[0] or other[2] + 3 <= one[0] or one[3] + 3 <= other[1] or other[3] + 3 <= one[1]


def test_a_county_is_named_where_its_name_fits_and_hides_nothing():
    hinds, same, away = north(5, "Hinds"), north(5.1, "Rankin"), north(500, "Tunica")
    drawn = draw([north(18)], HOME, [hinds, same, away])
    assert [name.name for name in drawn.names][0] == "Hinds"
    assert "Tunica" not in [name.name for name in drawn.names]
    for name in drawn.names:
        assert all(abs(name.y - pin.y) >= PIN_R or abs(name.x - pin.x) > PIN_R for pin in drawn.pins)
