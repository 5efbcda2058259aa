/* @NAME@: a plugin of wuhao. It adds the kind `@KIND@` with a metric, a command, a job and a
 * setting. README.md says how to build, test and enable it.
 *
 * No exception may leave a callback: the node is C. Each goes through guarded(), which turns one
 * into a failure with its text. */
#include <wuhao/plugin.h>

#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>

namespace
{

constexpr const char *metric_id = "@KIND@_minutes";
constexpr wh_list none = {nullptr, 0, 0};

/* ---- What it declares: the node checks all of it before any code below runs ---- */

constexpr wh_field fields[] = {
    {"minutes", {"时长（分钟）", "Minutes"}, WH_INTEGER, WH_REQUIRED | WH_BOUNDED, 1, 600, none},
    /* sealed on disk, never leaves the node */
    {"person", {"对象", "Person"}, WH_PERSON, WH_PERSONAL, 0, 0, none},
};

constexpr wh_metric metrics[] = {
    {metric_id, {"分钟数", "Minutes"}, WH_FLOW, WH_MEASURED, 0, 0, none, none},
};

constexpr wh_kind kinds[] = {
    {"@KIND@",
     {"@KIND@ 记录", "@KIND@"},
     WH_LEVEL_TOWNSHIP | WH_LEVEL_GRASSROOTS,
     0,
     WH_LIST(fields),
     none,
     WH_LIST(metrics)},
};

constexpr wh_setting settings[] = {
    {"minutes_min",
     {"少于此分钟数的记录不计入", "records of fewer minutes do not count"},
     WH_INTEGER,
     WH_BOUNDED,
     0,
     600,
     "10",
     none},
};

constexpr wh_param total_params[] = {
    {"unit", {"单位", "the unit"}, WH_UNIT, WH_PARAM_REQUIRED},
};

constexpr wh_column total_columns[] = {
    {"records", {"记录", "Records"}, WH_INTEGER, 0},
    {"minutes", {"分钟", "Minutes"}, WH_INTEGER, 0},
    {"checked", {"上次检查", "Checked"}, WH_DATE, 0},
};

constexpr wh_command commands[] = {
    {"@NAME@ total",
     {"汇总一个单位的记录", "sums up the records of a unit"},
     WH_LIST(total_params),
     WH_LIST(total_columns),
     WH_PERMIT_READ,
     0,
     "wuhao @NAME@ total --unit 231182101"},
};

constexpr wh_job jobs[] = {
    {"check", {"全年没有记录时提醒", "says so while a year has no record"}, "daily 08:00", 0, 0},
};

/* ---- What it does ---- */

std::string_view view_of(wh_span span)
{
    return {span.data, static_cast<std::size_t>(span.len)};
}

wh_span span_of(std::string_view text)
{
    return {text.data(), text.size()};
}

/* Holds what `fail` says already; thrown where a host function has failed. */
struct failed {
    int code;
};

void check(int rc)
{
    if (rc < 0) throw failed{rc};
}

/* Runs `work`; whatever it throws becomes a code and a sentence (in `fail`, where it is given). A
 * visitor that may throw goes through it too. */
template <typename Work> int guarded(wh_failure *fail, Work work) noexcept
{
    try {
        return work();
    } catch (const failed &failure) {
        return failure.code;
    } catch (const std::exception &error) {
        if (fail) (void)std::snprintf(fail->text, sizeof(fail->text), "%s", error.what());
    } catch (...) {
        if (fail) (void)std::snprintf(fail->text, sizeof(fail->text), "no standard exception");
    }
    if (fail) fail->code = WH_E_FAILED;
    return WH_E_FAILED;
}

std::int64_t number_of(const wh_record_view &record, std::string_view name)
{
    for (std::uint32_t i = 0; i < record.fields.count; i++) {
        auto field = static_cast<const wh_named_value *>(wh_list_at(&record.fields, i));
        if (view_of(field->name) == name) return field->value.number;
    }
    return 0;
}

class Plugin
{
  public:
    explicit Plugin(const wh_host *host) : host_(host)
    {
        if (!WH_HOST_HAS(host, reply_note)) { /* an older node lacks what came later */
            throw std::runtime_error("@NAME@ needs a node with ABI 1.1");
        }
    }

    /* One cell: one unit, one quarter, one kind. The node asks whenever a record of it has changed,
     * and keeps and sends up what is set here. */
    int measure(const wh_cell &cell, wh_failure *fail) const
    {
        Sum sum = sum_of(cell.kind, cell.unit, cell.first_day, cell.last_day, fail);
        return host_->metric_set(host_->self, span_of(metric_id), sum.minutes, fail);
    }

    bool counts(const wh_record_view &record) const
    {
        return number_of(record, "minutes") >= minutes_min();
    }

    int total(wh_call *call, wh_failure *fail) const
    {
        wh_value unit = host_->param(call, "unit");
        Sum sum = sum_of(span_of("@KIND@"), unit.text, 0, host_->today(host_->self), fail);
        const wh_value row[] = {{WH_INTEGER, 0, sum.records, {nullptr, 0}},
                                {WH_INTEGER, 0, sum.minutes, {nullptr, 0}},
                                checked(fail)};
        return host_->reply_row(call, row, 3, fail);
    }

    /* All that it writes is saved together, when it returns 0. */
    int check_year(wh_failure *fail) const
    {
        const wh_notice quiet = {span_of("quiet"),
                                 {nullptr, 0},
                                 span_of("@NAME@：今年还没有计入的记录"),
                                 span_of("@NAME@: no record counts this year yet"),
                                 WH_NOTICE_WARN,
                                 0,
                                 0};
        std::string today = std::to_string(host_->today(host_->self));
        if (minutes_of_year(fail) == 0) {
            check(host_->notice_post(host_->self, &quiet, fail));
        } else {
            check(host_->notice_settle(host_->self, quiet.key, fail));
        }
        return host_->key_put(host_->self, span_of("checked"), span_of(today), fail);
    }

  private:
    struct Sum {
        std::int64_t minutes_min;
        std::int64_t records;
        std::int64_t minutes;
    };

    Sum sum_of(wh_span kind, wh_span unit, std::int64_t from, std::int64_t to,
               wh_failure *fail) const
    {
        Sum sum = {minutes_min(), 0, 0};
        auto add = [](void *context, const wh_record_view *record) {
            return add_record(*static_cast<Sum *>(context), *record);
        };
        check(host_->records(host_->self, kind, unit, from, to, add, &sum, fail));
        return sum;
    }

    /* The rule: which records count, and with how much. */
    static int add_record(Sum &sum, const wh_record_view &record) noexcept
    {
        std::int64_t minutes = number_of(record, "minutes");
        if (minutes < sum.minutes_min) return 0;
        sum.records++;
        sum.minutes += minutes;
        return 0;
    }

    std::int64_t minutes_min() const
    {
        return host_->setting(host_->self, "minutes_min").number;
    }

    /* What this node and those below it have measured this year. */
    std::int64_t minutes_of_year(wh_failure *fail) const
    {
        std::string root;
        std::int64_t minutes = 0;
        auto take_first = [](void *context, const wh_unit_view *unit) {
            return guarded(nullptr, [&] {
                *static_cast<std::string *>(context) = view_of(unit->code);
                return 1; /* the first is the root of the tree */
            });
        };
        auto add = [](void *context, const wh_figure *figure) {
            if (view_of(figure->metric) == metric_id) {
                *static_cast<std::int64_t *>(context) += figure->value;
            }
            return 0;
        };
        check(host_->units(host_->self, span_of(""), take_first, &root, fail));
        check(host_->figures(host_->self, span_of(root), 1, host_->year_now(host_->self), add,
                             &minutes, fail));
        return minutes;
    }

    /* The day on which the job ran last, from the plugin's own keys; type 0 before it ever ran. */
    wh_value checked(wh_failure *fail) const
    {
        wh_span value;
        int rc = host_->key_get(host_->self, span_of("checked"), &value, fail);
        if (rc == WH_E_NOT_FOUND) return {0, 0, 0, {nullptr, 0}};
        check(rc);
        return {WH_DATE, 0, std::stoll(std::string(view_of(value))), {nullptr, 0}};
    }

    const wh_host *host_;
};

const Plugin &plugin_of(void *self)
{
    return *static_cast<const Plugin *>(self);
}

int open_plugin(const wh_host *host, void **ret_self, wh_failure *fail)
{
    return guarded(fail, [&] {
        *ret_self = new Plugin(host);
        return 0;
    });
}

void close_plugin(void *self)
{
    delete static_cast<Plugin *>(self);
}

int measure(void *self, const wh_cell *cell, wh_failure *fail)
{
    return guarded(fail, [&] { return plugin_of(self).measure(*cell, fail); });
}

int counts(void *self, const wh_cell *, const wh_metric *, const wh_record_view *record)
{
    return guarded(nullptr, [&] { return plugin_of(self).counts(*record) ? 1 : 0; });
}

/* There is one command and one job, so `index` is 0. */
int command(void *self, std::uint32_t, wh_call *call, wh_failure *fail)
{
    return guarded(fail, [&] { return plugin_of(self).total(call, fail); });
}

int job(void *self, std::uint32_t, wh_failure *fail)
{
    return guarded(fail, [&] { return plugin_of(self).check_year(fail); });
}

constexpr wh_plugin declaration()
{
    wh_plugin plugin{};
    plugin.abi = WH_ABI;
    plugin.size = sizeof(wh_plugin);
    plugin.name = "@NAME@";
    plugin.version = "0.1.0";
    plugin.title = {"@NAME@ 插件", "@NAME@"};
    plugin.kinds = WH_LIST(kinds);
    plugin.commands = WH_LIST(commands);
    plugin.jobs = WH_LIST(jobs);
    plugin.settings = WH_LIST(settings);
    plugin.open = open_plugin;
    plugin.close = close_plugin;
    plugin.measure = measure;
    plugin.counts = counts;
    plugin.command = command;
    plugin.job = job;
    return plugin;
}

} // namespace

constexpr wh_plugin wuhao_plugin = declaration();
