/* Written by tests/plugins/make_layout: every struct of wuhao/plugin.h (ABI 1.2), as it must lie
 * in memory for plugins that are built already (LP64, little endian). */
#include <wuhao/plugin.h>

#include <assert.h>

/* clang-format off */
#define AT(type, member, offset, size)                                       \
    static_assert(offsetof(struct type, member) == (offset) &&               \
                  sizeof(((struct type *)0)->member) == (size), #type "." #member)
#define SIZE(type, size) static_assert(sizeof(struct type) == (size), #type)

static_assert(WH_ABI == 1, "another ABI: plugins that are built already do not load");

AT(wh_span, data, 0, 8);
AT(wh_span, len, 8, 8);
SIZE(wh_span, 16);

AT(wh_list, items, 0, 8);
AT(wh_list, count, 8, 4);
AT(wh_list, stride, 12, 4);
SIZE(wh_list, 16);

AT(wh_civil, year, 0, 4);
AT(wh_civil, month, 4, 4);
AT(wh_civil, day, 8, 4);
SIZE(wh_civil, 12);

AT(wh_title, zh, 0, 8);
AT(wh_title, en, 8, 8);
SIZE(wh_title, 16);

AT(wh_choice, id, 0, 8);
AT(wh_choice, title, 8, 16);
SIZE(wh_choice, 24);

AT(wh_field, name, 0, 8);
AT(wh_field, title, 8, 16);
AT(wh_field, type, 24, 4);
AT(wh_field, flags, 28, 4);
AT(wh_field, min, 32, 8);
AT(wh_field, max, 40, 8);
AT(wh_field, choices, 48, 16);
SIZE(wh_field, 64);

AT(wh_test, field, 0, 8);
AT(wh_test, values, 8, 16);
SIZE(wh_test, 24);

AT(wh_condition, tests, 0, 16);
AT(wh_condition, levels, 16, 4);
AT(wh_condition, reserved, 20, 4);
SIZE(wh_condition, 24);

AT(wh_metric, id, 0, 8);
AT(wh_metric, title, 8, 16);
AT(wh_metric, type, 24, 4);
AT(wh_metric, form, 28, 4);
AT(wh_metric, flags, 32, 4);
AT(wh_metric, reserved, 36, 4);
AT(wh_metric, fields, 40, 16);
AT(wh_metric, any, 56, 16);
SIZE(wh_metric, 72);

AT(wh_kind, name, 0, 8);
AT(wh_kind, title, 8, 16);
AT(wh_kind, enter, 24, 4);
AT(wh_kind, flags, 28, 4);
AT(wh_kind, fields, 32, 16);
AT(wh_kind, unique, 48, 16);
AT(wh_kind, metrics, 64, 16);
SIZE(wh_kind, 80);

AT(wh_param, name, 0, 8);
AT(wh_param, title, 8, 16);
AT(wh_param, type, 24, 4);
AT(wh_param, flags, 28, 4);
SIZE(wh_param, 32);

AT(wh_column, name, 0, 8);
AT(wh_column, title, 8, 16);
AT(wh_column, type, 24, 4);
AT(wh_column, reserved, 28, 4);
SIZE(wh_column, 32);

AT(wh_command, name, 0, 8);
AT(wh_command, title, 8, 16);
AT(wh_command, params, 24, 16);
AT(wh_command, columns, 40, 16);
AT(wh_command, permission, 56, 4);
AT(wh_command, flags, 60, 4);
AT(wh_command, example, 64, 8);
SIZE(wh_command, 72);

AT(wh_value, type, 0, 4);
AT(wh_value, reserved, 4, 4);
AT(wh_value, number, 8, 8);
AT(wh_value, text, 16, 16);
SIZE(wh_value, 32);

AT(wh_failure, code, 0, 4);
AT(wh_failure, text, 4, 500);
SIZE(wh_failure, 504);

AT(wh_named_value, name, 0, 16);
AT(wh_named_value, value, 16, 32);
SIZE(wh_named_value, 48);

AT(wh_named_text, name, 0, 16);
AT(wh_named_text, text, 16, 16);
SIZE(wh_named_text, 32);

AT(wh_record_id, text, 0, 40);
SIZE(wh_record_id, 40);

AT(wh_record_view, kind, 0, 16);
AT(wh_record_view, unit, 16, 16);
AT(wh_record_view, id, 32, 16);
AT(wh_record_view, date, 48, 8);
AT(wh_record_view, version, 56, 8);
AT(wh_record_view, fields, 64, 16);
SIZE(wh_record_view, 80);

AT(wh_cell, unit, 0, 16);
AT(wh_cell, kind, 16, 16);
AT(wh_cell, level, 32, 4);
AT(wh_cell, year, 36, 4);
AT(wh_cell, quarter_of_year, 40, 4);
AT(wh_cell, reserved, 44, 4);
AT(wh_cell, first_day, 48, 8);
AT(wh_cell, last_day, 56, 8);
AT(wh_cell, year_first_day, 64, 8);
SIZE(wh_cell, 72);

AT(wh_standing_query, level, 0, 4);
AT(wh_standing_query, year, 4, 4);
AT(wh_standing_query, under, 8, 16);
AT(wh_standing_query, unit_kind, 24, 16);
AT(wh_standing_query, as_of, 40, 16);
AT(wh_standing_query, pass_h, 56, 8);
SIZE(wh_standing_query, 64);

AT(wh_standing, unit, 0, 16);
AT(wh_standing, name, 16, 16);
AT(wh_standing, unit_kind, 32, 16);
AT(wh_standing, parent, 48, 16);
AT(wh_standing, flags, 64, 4);
AT(wh_standing, rank, 68, 4);
AT(wh_standing, score_h, 72, 8);
AT(wh_standing, units, 80, 8);
AT(wh_standing, units_qualified, 88, 8);
AT(wh_standing, units_grassroots, 96, 8);
AT(wh_standing, units_grassroots_qualified, 104, 8);
AT(wh_standing, complete_h, 112, 8);
AT(wh_standing, doubts, 120, 8);
SIZE(wh_standing, 128);

AT(wh_explained, depth, 0, 4);
AT(wh_explained, flags, 4, 4);
AT(wh_explained, id, 8, 16);
AT(wh_explained, title, 24, 16);
AT(wh_explained, text, 40, 16);
AT(wh_explained, points_h, 56, 8);
AT(wh_explained, full_h, 64, 8);
AT(wh_explained, value, 72, 8);
SIZE(wh_explained, 80);

AT(wh_unit_view, code, 0, 16);
AT(wh_unit_view, name, 16, 16);
AT(wh_unit_view, unit_kind, 32, 16);
AT(wh_unit_view, parent, 48, 16);
AT(wh_unit_view, level, 64, 4);
AT(wh_unit_view, reserved, 68, 4);
AT(wh_unit_view, opened, 72, 8);
AT(wh_unit_view, closed, 80, 8);
SIZE(wh_unit_view, 88);

AT(wh_figure, unit, 0, 16);
AT(wh_figure, facet, 16, 16);
AT(wh_figure, origin, 32, 16);
AT(wh_figure, metric, 48, 16);
AT(wh_figure, year, 64, 4);
AT(wh_figure, quarter_of_year, 68, 4);
AT(wh_figure, value, 72, 8);
SIZE(wh_figure, 80);

AT(wh_duty, id, 0, 8);
AT(wh_duty, title, 8, 16);
AT(wh_duty, metric, 24, 8);
AT(wh_duty, plugin, 32, 8);
AT(wh_duty, every, 40, 4);
AT(wh_duty, grace_days, 44, 4);
AT(wh_duty, year, 48, 4);
AT(wh_duty, per, 52, 4);
AT(wh_duty, who, 56, 16);
AT(wh_duty, due, 72, 16);
SIZE(wh_duty, 88);

AT(wh_due_date, month, 0, 4);
AT(wh_due_date, day, 4, 4);
AT(wh_due_date, years_later, 8, 4);
AT(wh_due_date, reserved, 12, 4);
SIZE(wh_due_date, 16);

AT(wh_item, id, 0, 8);
AT(wh_item, good, 8, 8);
AT(wh_item, title, 16, 16);
AT(wh_item, form, 32, 4);
AT(wh_item, flags, 36, 4);
AT(wh_item, points_h, 40, 8);
AT(wh_item, metric, 48, 8);
AT(wh_item, denominator, 56, 8);
AT(wh_item, need, 64, 8);
AT(wh_item, each_h, 72, 8);
AT(wh_item, target, 80, 8);
AT(wh_item, empty_h, 88, 8);
SIZE(wh_item, 96);

AT(wh_good, id, 0, 8);
AT(wh_good, title, 8, 16);
AT(wh_good, points_h, 24, 8);
SIZE(wh_good, 32);

AT(wh_phase, year, 0, 4);
AT(wh_phase, reserved, 4, 4);
AT(wh_phase, id, 8, 8);
AT(wh_phase, title, 16, 16);
SIZE(wh_phase, 32);

AT(wh_commendation, collective_levels, 0, 4);
AT(wh_commendation, collective_verdict, 4, 4);
AT(wh_commendation, collective_score_h, 8, 8);
AT(wh_commendation, collective_years, 16, 4);
AT(wh_commendation, individual_years, 20, 4);
AT(wh_commendation, individual_cases, 24, 4);
AT(wh_commendation, reserved, 28, 4);
AT(wh_commendation, individual_kinds, 32, 16);
SIZE(wh_commendation, 48);

AT(wh_programme_view, id, 0, 8);
AT(wh_programme_view, title, 8, 16);
AT(wh_programme_view, number, 24, 4);
AT(wh_programme_view, reserved, 28, 4);
AT(wh_programme_view, pass_township_h, 32, 8);
AT(wh_programme_view, pass_grassroots_h, 40, 8);
AT(wh_programme_view, years, 48, 16);
AT(wh_programme_view, duties, 64, 16);
AT(wh_programme_view, phases, 80, 16);
AT(wh_programme_view, goods, 96, 16);
AT(wh_programme_view, items_township, 112, 16);
AT(wh_programme_view, items_grassroots, 128, 16);
AT(wh_programme_view, scale_h, 144, 8);
AT(wh_programme_view, bonus_cap_h, 152, 8);
AT(wh_programme_view, baseline_rate_h, 160, 8);
AT(wh_programme_view, raise_points_h, 168, 8);
AT(wh_programme_view, subordinate_share, 176, 8);
AT(wh_programme_view, assessor_grassroots, 184, 4);
AT(wh_programme_view, assessor_township, 188, 4);
AT(wh_programme_view, assessor_county, 192, 4);
AT(wh_programme_view, takes_lowest, 196, 4);
AT(wh_programme_view, reserved2, 200, 4);
AT(wh_programme_view, quiet_from_minute, 204, 4);
AT(wh_programme_view, quiet_to_minute, 208, 4);
AT(wh_programme_view, moves_to_workday, 212, 4);
AT(wh_programme_view, commendation, 216, 48);
SIZE(wh_programme_view, 264);

AT(wh_notice, key, 0, 16);
AT(wh_notice, unit, 16, 16);
AT(wh_notice, zh, 32, 16);
AT(wh_notice, en, 48, 16);
AT(wh_notice, severity, 64, 4);
AT(wh_notice, reserved, 68, 4);
AT(wh_notice, due, 72, 8);
SIZE(wh_notice, 80);

AT(wh_published, unit, 0, 16);
AT(wh_published, name, 16, 16);
AT(wh_published, origin, 32, 16);
AT(wh_published, value, 48, 16);
SIZE(wh_published, 64);

AT(wh_rate_view, unit, 0, 16);
AT(wh_rate_view, name, 16, 16);
AT(wh_rate_view, units, 32, 8);
AT(wh_rate_view, units_qualified, 40, 8);
AT(wh_rate_view, now_h, 48, 8);
AT(wh_rate_view, baseline_h, 56, 8);
AT(wh_rate_view, target_h, 64, 8);
AT(wh_rate_view, missing_h, 72, 8);
AT(wh_rate_view, pace_h, 80, 8);
AT(wh_rate_view, units_missing, 88, 8);
SIZE(wh_rate_view, 96);

AT(wh_deed, id, 0, 16);
AT(wh_deed, date, 16, 8);
SIZE(wh_deed, 24);

AT(wh_host, abi, 0, 4);
AT(wh_host, size, 4, 4);
AT(wh_host, self, 8, 8);
AT(wh_host, log, 16, 8);
AT(wh_host, records, 24, 8);
AT(wh_host, kind, 32, 8);
AT(wh_host, metric_set, 40, 8);
AT(wh_host, param, 48, 8);
AT(wh_host, reply_columns, 56, 8);
AT(wh_host, reply_row, 64, 8);
AT(wh_host, reply_progress, 72, 8);
AT(wh_host, language, 80, 8);
AT(wh_host, year_now, 88, 8);
AT(wh_host, standings, 96, 8);
AT(wh_host, explain, 104, 8);
AT(wh_host, now_ms, 112, 8);
AT(wh_host, today, 120, 8);
AT(wh_host, setting, 128, 8);
AT(wh_host, job_at, 136, 8);
AT(wh_host, units, 144, 8);
AT(wh_host, figures, 152, 8);
AT(wh_host, programme, 160, 8);
AT(wh_host, record, 168, 8);
AT(wh_host, record_add, 176, 8);
AT(wh_host, record_edit, 184, 8);
AT(wh_host, record_withdraw, 192, 8);
AT(wh_host, key_get, 200, 8);
AT(wh_host, key_put, 208, 8);
AT(wh_host, key_delete, 216, 8);
AT(wh_host, keys, 224, 8);
AT(wh_host, notice_post, 232, 8);
AT(wh_host, notice_settle, 240, 8);
AT(wh_host, reply_note, 248, 8);
AT(wh_host, reply_file, 256, 8);
AT(wh_host, deeds, 264, 8);
AT(wh_host, workday_from, 272, 8);
AT(wh_host, home, 280, 8);
AT(wh_host, publish, 288, 8);
AT(wh_host, published, 296, 8);
AT(wh_host, moment, 304, 8);
AT(wh_host, file_keep, 312, 8);
AT(wh_host, rates, 320, 8);
AT(wh_host, restored_ms, 328, 8);
AT(wh_host, reply_words, 336, 8);
SIZE(wh_host, 344);

AT(wh_job, name, 0, 8);
AT(wh_job, title, 8, 16);
AT(wh_job, when, 24, 8);
AT(wh_job, budget_ms, 32, 4);
AT(wh_job, reserved, 36, 4);
SIZE(wh_job, 40);

AT(wh_setting, name, 0, 8);
AT(wh_setting, title, 8, 16);
AT(wh_setting, type, 24, 4);
AT(wh_setting, flags, 28, 4);
AT(wh_setting, min, 32, 8);
AT(wh_setting, max, 40, 8);
AT(wh_setting, fallback, 48, 8);
AT(wh_setting, choices, 56, 16);
SIZE(wh_setting, 72);

AT(wh_row_change, unit, 0, 16);
AT(wh_row_change, facet, 16, 16);
AT(wh_row_change, year, 32, 4);
AT(wh_row_change, quarter_of_year, 36, 4);
SIZE(wh_row_change, 40);

AT(wh_plugin, abi, 0, 4);
AT(wh_plugin, size, 4, 4);
AT(wh_plugin, name, 8, 8);
AT(wh_plugin, version, 16, 8);
AT(wh_plugin, title, 24, 16);
AT(wh_plugin, flags, 40, 4);
AT(wh_plugin, reserved, 44, 4);
AT(wh_plugin, needs, 48, 16);
AT(wh_plugin, kinds, 64, 16);
AT(wh_plugin, commands, 80, 16);
AT(wh_plugin, open, 96, 8);
AT(wh_plugin, close, 104, 8);
AT(wh_plugin, measure, 112, 8);
AT(wh_plugin, counts, 120, 8);
AT(wh_plugin, command, 128, 8);
AT(wh_plugin, jobs, 136, 16);
AT(wh_plugin, settings, 152, 16);
AT(wh_plugin, job, 168, 8);
AT(wh_plugin, rows_changed, 176, 8);
AT(wh_plugin, meets, 184, 8);
SIZE(wh_plugin, 192);
