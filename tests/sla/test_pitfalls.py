"""Known pitfalls of other desks, each with the tests that show it is avoided here: item -> names of existing tests."""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
SHOWN = {
    "1 the laws of business time on random calendars, and a slow oracle": {
        "sla/test_calendar.py": [
            "test_business_time_equals_a_walk_over_every_minute",
            "test_what_was_added_has_elapsed",
            "test_adding_twice_is_adding_the_sum_and_more_is_never_earlier",
            "test_business_time_never_runs_backwards_or_faster_than_real_time",
        ],
        "sla/test_cli_walked.py": ["test_what_the_commands_print_equals_a_walk_over_every_minute"],
        "sla/test_histories.py": ["test_a_clock_equals_the_walk_over_every_minute_of_its_history"],
    },
    "2 pauses of no length or outside hours": {
        "sla/test_clock.py": [
            "test_pauses_of_no_length_never_move_the_due",
            "test_a_pause_wholly_outside_hours_never_moves_the_due",
        ]
    },
    "3 replay is deterministic": {
        "sla/test_clock.py": ["test_rebuilding_a_clock_from_its_segments_gives_the_same_clock"],
        "escalation/test_history_of_clocks.py": [
            "test_every_clock_is_rebuilt_from_its_segments_to_the_second"
        ],
    },
    "4 no key fires twice in a cycle": {
        "escalation/test_levels.py": [
            "test_no_level_speaks_twice_whatever_is_paused_and_resumed",
            "test_priority_there_and_back_in_a_minute_erases_no_breach_and_rings_nothing_again",
            "test_a_second_ringer_on_the_same_row_says_nothing",
        ],
        "escalation/test_history_of_clocks.py": [
            "test_a_reloaded_calendar_rings_nothing_again",
            "test_dying_at_any_statement_of_a_ring_leaves_nothing_half_done",
            "test_ringing_the_same_moment_twice_says_nothing_new",
        ],
        "storm/test_ringing.py": ["test_no_level_is_lost_doubled_or_early_whoever_is_killed"],
    },
    "5 eight hours down": {
        "escalation/test_levels.py": [
            "test_eight_hours_down_with_300_open_tickets_is_at_most_two_messages_a_chat",
            "test_levels_of_one_clock_collapse_although_they_do_not_fit_into_one_batch",
        ],
        "stories/test_down_for_hours.py": [
            "test_back_after_eight_hours_with_300_open_tickets_it_says_at_most_two_things_in_a_chat"
        ],
    },
    "6 a reply written in time and read after an outage": {
        "escalation/test_levels.py": [
            "test_a_reply_written_before_the_due_and_read_after_an_outage_was_in_time"
        ]
    },
    "7 the machine's clock jumps": {
        "escalation/test_levels.py": [
            "test_a_clock_that_went_back_rings_nothing",
            "test_an_outage_collapses_to_the_highest_level_and_says_it_is_late",
        ],
        "escalation/test_engine.py": [
            "test_a_clock_that_went_back_two_hours_rings_nothing_and_is_told_once",
            "test_the_ringer_waits_out_a_clock_that_went_back_and_believes_one_that_stays",
            "test_a_gap_is_written_down_and_told_once",
            "test_a_machine_that_slept_two_days_tells_what_was_missed_as_one_list_a_chat_beside_the_gap",
        ],
    },
    "8 priority there and back": {
        "escalation/test_levels.py": [
            "test_priority_there_and_back_in_a_minute_erases_no_breach_and_rings_nothing_again"
        ],
        "sla/test_clock.py": [
            "test_a_tighter_target_leaves_the_floor_and_says_so",
            "test_loosening_never_erases_a_breach",
        ],
    },
    "9 reopened around the due": {
        "escalation/test_levels.py": [
            "test_reopening_goes_on_with_the_same_clock_and_a_missed_promise_stays_missed"
        ]
    },
    "10 nobody to tell": {
        "escalation/test_levels.py": ["test_an_empty_role_climbs_and_is_never_silence"],
        "escalation/test_ladder.py": [
            "test_a_lead_who_is_away_is_stood_in_for_by_the_deputy",
            "test_when_every_supervisor_is_away_the_head_hears_as_well_as_their_chat",
            "test_a_supervisor_who_blocked_the_bot_is_passed_over_until_they_write_again",
            "test_a_refusal_of_the_last_person_reaches_the_administrators",
            "test_an_alert_in_a_group_that_has_thrown_us_out_goes_to_the_next_step_at_once_and_only_once",
        ],
        "stories/test_levels_in_the_chat.py": [
            "test_an_alert_goes_on_past_a_group_that_threw_us_out_and_a_supervisor_who_blocked_us"
        ],
    },
    "11 held at night, over by the morning": {
        "escalation/test_quiet_hours.py": ["test_what_is_over_by_the_morning_is_never_said"]
    },
    "12 handed over too late": {
        "sla/test_ola.py": ["test_handing_over_at_the_end_of_the_day_with_an_hour_left_cannot_fit"],
        "escalation/test_handing_over.py": [
            "test_a_team_that_cannot_be_done_in_time_is_escalated_at_the_hand_over"
        ],
    },
    "14 configuration": {
        "sla/test_calendars.py": ["test_every_fault_is_named_at_its_place"],
        "sla/test_desk.py": [
            "test_every_fault_is_refused_in_words_at_its_place",
            "test_a_calendar_that_ends_within_ninety_days_is_warned_about_in_time",
        ],
        "sla/test_ola.py": ["test_such_a_team_is_a_warning_when_the_file_is_read"],
        "escalation/test_reloading.py": ["test_a_reload_is_all_or_nothing"],
    },
    "15 scale": {
        "escalation/test_scale.py": [
            "test_what_is_open_and_not_due_is_never_looked_at",
            "test_what_is_counted_in_the_calendar_of_today_is_never_looked_at_again",
            "test_a_corrected_calendar_is_recounted_in_small_units",
            "test_a_slow_machine_recounts_in_smaller_units_so_that_no_press_waits_long",
        ]
    },
    "16 what smells elsewhere": {
        "sla/test_clock.py": ["test_levels_are_counted_forward_from_the_start_through_the_night"],
        "sla/test_calendars.py": ["test_a_short_day_loses_open_time_not_its_lunch"],
        "sla/test_cli.py": ["test_a_deadline_past_the_calendar_is_no_deadline"],
        "escalation/test_levels.py": ["test_a_ticket_nobody_needs_any_more_is_quiet"],
    },
}


@pytest.mark.parametrize("item", SHOWN)
def test_each_pitfall_has_the_tests_that_are_said_to_show_it(item: str) -> None:
    for file, names in SHOWN[item].items():
        tree = ast.parse((TESTS / file).read_text("utf-8"))
        defined = {
            node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        }
        assert set(names) <= defined, file
