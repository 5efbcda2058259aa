#include "html.h"

static const char style[] =
    "body{font:14px/1.5 'Noto Sans CJK SC','Source Han Sans SC','Microsoft YaHei','PingFang SC',"
    "'WenQuanYi Zen Hei',sans-serif;color:#1d2730;max-width:1080px;margin:24px auto;"
    "padding:0 20px}\n"
    "h1{font-size:24px;margin:0 0 4px}h2{font-size:18px;margin:32px 0 10px;padding-bottom:4px;"
    "border-bottom:2px solid #1b6e8c}h3{font-size:15px;margin:20px 0 6px}\n"
    ".sub{color:#56626c;margin:0 0 20px}.note{color:#56626c;font-size:12.5px}\n"
    ".tiles{display:flex;flex-wrap:wrap;gap:10px;margin:0 0 20px}\n"
    ".tile{flex:1 1 21%;border:1px solid #d5dce1;border-radius:6px;padding:8px 12px}\n"
    ".tile b{display:block;font-size:22px;line-height:1.25}.tile span{color:#56626c}\n"
    "table{border-collapse:collapse;width:100%;margin:0 0 12px;font-size:13px}\n"
    "th,td{border-bottom:1px solid #dfe5e9;padding:3px 7px;text-align:right;"
    "font-variant-numeric:tabular-nums}\n"
    "th{background:#eef3f6;font-weight:600;vertical-align:bottom}\n"
    "th.t,td.t{text-align:left}tr.g td{background:#f7f9fa;font-weight:600;text-align:left;"
    "padding-top:8px}\n"
    "td.m{text-align:left;color:#56626c;font-size:12px}td.good{color:#18794e}"
    "td.bad{color:#b3261e}\n"
    "tr.all td{font-weight:600}svg{width:100%;max-width:760px;height:auto;display:block;"
    "margin:0 0 8px}\n"
    "svg text{font-size:13px;fill:#1d2730}a{color:#1b6e8c}\n"
    "@page{size:A4;margin:14mm 12mm}\n"
    "@media print{body{margin:0;padding:0;max-width:none;font-size:11pt}table{font-size:9pt}"
    "th,td{padding:2px 4px}td.t:first-child{min-width:8em}"
    "h2{break-after:avoid}thead{display:table-header-group}"
    "tr,svg,.tile{break-inside:avoid}a{color:inherit;text-decoration:none}"
    "*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}\n";

void html_begin(const struct report *report, struct text *page, const char *title)
{
    char day[DAY_TEXT_SIZE];
    const struct wh_host *host = report->talk->host;
    text_print(page,
               "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\"/>\n"
               "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>",
               WORD("zh-CN", "en"));
    text_put_html(page, wh_span_of(title));
    text_print(page, "</title>\n<style>\n");
    for (size_t at = 0; at < sizeof(style) - 1; at += 512) text_print(page, "%.512s", style + at);
    text_print(page, "</style>\n</head>\n<body>\n<h1>");
    text_put_html(page, wh_span_of(title));
    text_print(page, "</h1>\n<p class=\"sub\">");
    text_put_html(page, wh_span_of(report_word(report, report->programme->title)));
    (void)day_text(host->today(host->self), day);
    text_print(page, " · %s %s", WORD("制表日期", "made on"), day);
    text_print(page, "</p>\n");
}

void html_end(const struct report *report, struct text *page)
{
    text_print(
        page, "<p class=\"note\">%s",
        WORD("合计为本单位与所有下属单位之和；按不重复计算的项目（如受帮扶人数、制度种类）"
             "不能相加，合计处以“–”表示。县、市的得分为其乡镇级单位得分的平均。"
             "百分比与得分向下取到两位小数。",
             "Totals add a unit and all those below it. What counts distinct things (people "
             "helped, kinds of institution) doesn't add up and has a dash there. The score of "
             "a county or city is the mean of its township-level units. Shares and points "
             "are rounded down to two decimals."));
    if (report->masks) {
        text_print(page, " %s",
                   WORD("涉及未成年人的数字，1 至 4 以“&lt;5”表示。",
                        "Counts of minors from 1 to 4 are shown as &lt;5."));
    }
    text_print(page, "</p>\n</body>\n</html>\n");
}

void html_heading(struct text *page, const char *text)
{
    text_print(page, "<h2>");
    text_put_html(page, wh_span_of(text));
    text_print(page, "</h2>\n");
}

void html_cell(struct text *page, const char *kind, const char *text)
{
    text_print(page, "<td%s%s%s>", *kind ? " class=\"" : "", kind, *kind ? "\"" : "");
    text_put_html(page, wh_span_of(text));
    text_print(page, "</td>");
}

void html_value(const struct report *report, struct text *page, uint32_t statistic, int64_t value)
{
    char text[REPORT_TEXT_SIZE];
    const char *kind = "";
    if (statistics[statistic].standing == STANDING_QUALIFIED &&
        statistics[statistic].type == WH_YESNO && value != NO_VALUE) {
        kind = value ? "good" : "bad";
    }
    (void)report_value(report, statistic, value, text);
    html_cell(page, kind, text[0] ? text : "–");
}

void html_table(struct text *page, const char *const *heads, uint32_t count, uint32_t texts)
{
    text_print(page, "<table>\n<thead><tr>");
    for (uint32_t i = 0; i < count; i++) {
        text_print(page, "<th%s>", i < texts ? " class=\"t\"" : "");
        text_put_html(page, wh_span_of(heads[i]));
        text_print(page, "</th>");
    }
    text_print(page, "</tr></thead>\n<tbody>\n");
}

void html_table_end(struct text *page)
{
    text_print(page, "</tbody>\n</table>\n");
}
