/* tally: a plugin in C++17. It counts people by topic: a std::map a cell, an object an instance. */
#include <wuhao/plugin.h>

#include <cstdio>
#include <exception>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>

namespace
{

constexpr std::string_view people_metric = "tally_people";
constexpr std::string_view topics_metric = "tally_topics";
constexpr wh_list none = {nullptr, 0, 0};

/* ---- Declared: constants, so that nothing of ours has to run before the node reads them ---- */

constexpr wh_field fields[] = {
    {"topic", {"主题", "Topic"}, WH_TEXT, WH_REQUIRED, 0, 0, none},
    {"people", {"人数", "People"}, WH_INTEGER, WH_REQUIRED | WH_BOUNDED, 1, 100000, none},
};

constexpr wh_metric metrics[] = {
    {people_metric.data(), {"人次", "People"}, WH_FLOW, WH_MEASURED, 0, 0, none, none},
    {topics_metric.data(), {"主题数", "Topics"}, WH_FLOW, WH_MEASURED, 0, 0, none, none},
};

constexpr wh_kind kinds[] = {
    {"tally",
     {"参与人次", "Tally"},
     WH_LEVEL_TOWNSHIP | WH_LEVEL_GRASSROOTS,
     0,
     WH_LIST(fields),
     none,
     WH_LIST(metrics)},
};

constexpr wh_param topics_params[] = {
    {"unit", {"单位", "the unit"}, WH_UNIT, WH_PARAM_REQUIRED},
    {"topics-max", {"最多几个主题", "fails where there are more"}, WH_INTEGER, 0},
};

constexpr wh_column topics_columns[] = {
    {"topic", {"主题", "Topic"}, WH_TEXT, 0},
    {"times", {"次数", "Times"}, WH_INTEGER, 0},
    {"people", {"人次", "People"}, WH_INTEGER, 0},
};

constexpr wh_command commands[] = {
    {"tally topics",
     {"按主题汇总", "sums up by topic"},
     WH_LIST(topics_params),
     WH_LIST(topics_columns),
     WH_PERMIT_READ,
     0,
     "wuhao tally topics --unit 231182101"},
};

/* ---- The boundary ---- */

/* A host function has failed, and `fail` says why. */
struct failed {
    int code;
};

void check(int rc)
{
    if (rc < 0) throw failed{rc};
}

/* The one place where exceptions end: every function whose address the node gets goes through it,
 * but `close`, which only deletes.
 * `fail` is NULL within a visitor, which can only give a code. */
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

std::string_view view_of(wh_span span)
{
    return {span.data, static_cast<std::size_t>(span.len)};
}

wh_span span_of(std::string_view text)
{
    return {text.data(), text.size()};
}

wh_value value_of(std::int64_t number)
{
    return {WH_INTEGER, 0, number, {nullptr, 0}};
}

wh_value value_of(std::string_view text)
{
    return {WH_TEXT, 0, 0, span_of(text)};
}

/* ---- What it does ---- */

class Tally
{
  public:
    explicit Tally(const wh_host *host) : host_(host)
    {
    }

    void measure(const wh_cell &cell, wh_failure *fail) const
    {
        Topics topics = topics_of(cell.kind, cell.unit, cell.first_day, cell.last_day, fail);
        std::int64_t people = 0;
        for (const auto &[topic, count] : topics) people += count.people;
        set(people_metric, people, fail);
        set(topics_metric, static_cast<std::int64_t>(topics.size()), fail);
    }

    void list_topics(wh_call *call, wh_failure *fail) const
    {
        constexpr std::int64_t last_day = 200000; /* in the year 2517 */
        wh_span unit = host_->param(call, "unit").text;
        wh_value most = host_->param(call, "topics-max");
        Topics topics = topics_of(span_of("tally"), unit, 0, last_day, fail);
        if (most.type != 0 && static_cast<std::int64_t>(topics.size()) > most.number) {
            throw std::runtime_error("more topics than " + std::to_string(most.number));
        }
        for (const auto &[topic, count] : topics) {
            const wh_value row[] = {value_of(topic), value_of(count.times), value_of(count.people)};
            check(host_->reply_row(call, row, 3, fail));
        }
    }

  private:
    struct Count {
        std::int64_t times = 0;
        std::int64_t people = 0;
    };
    using Topics = std::map<std::string, Count>;

    /* The map is ordered, so the same records give the same reply on every machine. */
    Topics topics_of(wh_span kind, wh_span unit, std::int64_t from, std::int64_t to,
                     wh_failure *fail) const
    {
        Topics topics;
        auto add = [](void *context, const wh_record_view *record) {
            return guarded(nullptr, [&] {
                add_record(*static_cast<Topics *>(context), *record);
                return 0;
            });
        };
        check(host_->records(host_->self, kind, unit, from, to, add, &topics, fail));
        return topics;
    }

    static void add_record(Topics &topics, const wh_record_view &record)
    {
        std::string topic;
        std::int64_t people = 0;
        for (std::uint32_t i = 0; i < record.fields.count; i++) {
            auto field = static_cast<const wh_named_value *>(wh_list_at(&record.fields, i));
            if (view_of(field->name) == "topic") topic = view_of(field->value.text);
            if (view_of(field->name) == "people") people = field->value.number;
        }
        Count &count = topics[topic];
        count.times++;
        count.people += people;
    }

    void set(std::string_view metric, std::int64_t value, wh_failure *fail) const
    {
        check(host_->metric_set(host_->self, span_of(metric), value, fail));
    }

    const wh_host *host_;
};

/* ---- Callbacks ---- */

const Tally &tally_of(void *self)
{
    return *static_cast<const Tally *>(self);
}

int open_tally(const wh_host *host, void **ret_self, wh_failure *fail)
{
    return guarded(fail, [&] {
        *ret_self = new Tally(host);
        return 0;
    });
}

void close_tally(void *self)
{
    delete static_cast<Tally *>(self);
}

int measure_cell(void *self, const wh_cell *cell, wh_failure *fail)
{
    return guarded(fail, [&] {
        tally_of(self).measure(*cell, fail);
        return 0;
    });
}

/* There is one command, so `index` is 0. */
int run_command(void *self, std::uint32_t, wh_call *call, wh_failure *fail)
{
    return guarded(fail, [&] {
        tally_of(self).list_topics(call, fail);
        return 0;
    });
}

constexpr wh_plugin declaration()
{
    wh_plugin plugin{};
    plugin.abi = WH_ABI;
    plugin.size = sizeof(wh_plugin);
    plugin.name = "tally";
    plugin.version = "1.0.0";
    plugin.title = {"参与人次", "Tally"};
    plugin.kinds = WH_LIST(kinds);
    plugin.commands = WH_LIST(commands);
    plugin.open = open_tally;
    plugin.close = close_tally;
    plugin.measure = measure_cell;
    plugin.command = run_command;
    return plugin;
}

} // namespace

constexpr wh_plugin wuhao_plugin = declaration();
