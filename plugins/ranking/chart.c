/* The pictures of the report, as inline SVG. */
#include <inttypes.h>

#include "html.h"

#define WIDTH 760
#define LABEL 196 /* where labels end */
#define BAR 400   /* the longest bar */
#define ROW 26

const char *const activity_ids[5] = {
    "act_ideals", "act_rural", "act_law", "act_family", "act_internet",
};

static void begin(struct text *page, int height, const char *title)
{
    text_print(page, "<svg viewBox=\"0 0 %d %d\" role=\"img\"><title>", WIDTH, height);
    text_put_html(page, wh_span_of(title));
    text_print(page, "</title>\n");
}

/* A label that ends at LABEL, smaller where it is long. */
static void label(struct text *page, int y, const char *text)
{
    int width = 0, size;
    for (const char *c = text; *c; c++) {
        if ((unsigned char)*c < 0x80) width += 6;
        if ((unsigned char)*c >= 0xc0) width += 10;
    }
    size = width > 0 ? (LABEL - 8) * 10 / width : 13;
    if (size > 13) size = 13;
    if (size < 6) size = 6;
    text_print(page, "<text x=\"%d\" y=\"%d\" text-anchor=\"end\" style=\"font-size:%dpx\">",
               LABEL - 8, y + 17, size);
    text_put_html(page, wh_span_of(text));
    text_print(page, "</text>");
}

static void bar(struct text *page, int y, int64_t width, const char *color)
{
    text_print(page,
               "<rect x=\"%d\" y=\"%d\" width=\"%" PRId64 "\" height=\"16\" rx=\"2\" "
               "fill=\"%s\"/>",
               LABEL, y + 4, width, color);
}

static void mark(struct text *page, int y, int64_t share_h, const char *look)
{
    int64_t x = LABEL + (share_h > 10000 ? 10000 : share_h) * BAR / 10000;
    text_print(page, "<line x1=\"%" PRId64 "\" x2=\"%" PRId64 "\" y1=\"%d\" y2=\"%d\" %s/>", x, x,
               y, y + ROW, look);
}

#define BASELINE_LOOK "stroke=\"#6b7780\" stroke-width=\"2\" stroke-dasharray=\"4 3\""
#define TARGET_LOOK "stroke=\"#b3261e\" stroke-width=\"2\""

static void legend_line(struct text *page, int x, int y, const char *look, const char *text)
{
    text_print(page, "<line x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\" %s/><text x=\"%d\" y=\"%d\">",
               x, x + 26, y + 12, y + 12, look, x + 32, y + 17);
    text_put_html(page, wh_span_of(text));
    text_print(page, "</text>\n");
}

void chart_shares(const struct report *report, struct text *page)
{
    const struct year_summary *year =
        report->years_count > 0 ? &report->years[report->years_count - 1] : NULL;
    int rows = year ? (int)year->count : 0, y = 4;
    begin(page, rows * ROW + 40, WORD("各县达标率", "Share qualified by county"));
    for (int i = 0; i < rows; i++, y += ROW) {
        const struct rate_line *line = &year->items[i];
        char text[POINTS_TEXT_SIZE];
        label(page, y, line->name);
        if (line->share_h > 0) {
            bar(page, y, line->share_h * BAR / 10000, i == 0 ? "#124a5e" : "#3d93b3");
        }
        mark(page, y, line->baseline_h, BASELINE_LOOK);
        mark(page, y, line->target_h, TARGET_LOOK);
        (void)points_text(line->share_h < 0 ? 0 : line->share_h, text);
        text_print(page, "<text x=\"%d\" y=\"%d\">%s%% (%" PRId64 "/%" PRId64 ")</text>\n",
                   LABEL + BAR + 14, y + 17, text, line->units_qualified, line->units);
    }
    legend_line(page, LABEL, y + 6, BASELINE_LOOK, WORD("上轮达标率", "baseline"));
    legend_line(page, LABEL + 150, y + 6, TARGET_LOOK, WORD("目标", "target"));
    text_print(page, "</svg>\n");
}

void count_scores(const struct report *report, uint32_t ret[SCORE_BINS])
{
    const struct lines *lines = &report->levels[REPORT_TOWNSHIP];
    memset(ret, 0, SCORE_BINS * sizeof(ret[0]));
    for (uint32_t i = 0; i < lines->count; i++) {
        int64_t bin = lines->items[i].score_h / 1000;
        if (!(lines->items[i].flags & WH_STANDING_RANKED) || bin < 0) continue;
        ret[bin < SCORE_BINS ? bin : SCORE_BINS - 1]++;
    }
}

#define SCORES_HEIGHT 170
#define SCORES_LEFT 40
#define BIN_WIDTH 60

static void score_bin(const struct report *report, struct text *page, int bin, uint32_t count,
                      uint32_t most)
{
    int passes = bin * (int64_t)1000 >= report->programme->pass_township_h;
    int x = SCORES_LEFT + bin * BIN_WIDTH, height = (int)((uint64_t)count * SCORES_HEIGHT / most);
    if (count > 0 && height < 2) height = 2;
    text_print(page, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"%s\"/>", x + 4,
               24 + SCORES_HEIGHT - height, BIN_WIDTH - 8, height, passes ? "#2a8a5f" : "#9aa5ad");
    if (count > 0) {
        text_print(page, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%u</text>",
                   x + BIN_WIDTH / 2, 18 + SCORES_HEIGHT - height, count);
    }
    text_print(page, "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%d%s</text>\n",
               x + BIN_WIDTH / 2, 42 + SCORES_HEIGHT, bin * 10, bin + 1 < SCORE_BINS ? "–" : "+");
}

void chart_scores(const struct report *report, struct text *page)
{
    uint32_t bins[SCORE_BINS], most = 1;
    int64_t pass_h = report->programme->pass_township_h;
    int64_t x = SCORES_LEFT + (pass_h < 11000 ? pass_h : 11000) * BIN_WIDTH / 1000;
    char text[POINTS_TEXT_SIZE];
    count_scores(report, bins);
    for (int i = 0; i < SCORE_BINS; i++) most = bins[i] > most ? bins[i] : most;
    begin(page, SCORES_HEIGHT + 74, WORD("乡镇级单位得分分布", "Scores of township-level units"));
    for (int i = 0; i < SCORE_BINS; i++) score_bin(report, page, i, bins[i], most);
    text_print(page, "<line x1=\"%d\" x2=\"%d\" y1=\"%d\" y2=\"%d\" stroke=\"#6b7780\"/>",
               SCORES_LEFT, SCORES_LEFT + SCORE_BINS * BIN_WIDTH, 24 + SCORES_HEIGHT,
               24 + SCORES_HEIGHT);
    text_print(page,
               "<line x1=\"%" PRId64 "\" x2=\"%" PRId64 "\" y1=\"8\" y2=\"%d\" " TARGET_LOOK "/>",
               x, x, 24 + SCORES_HEIGHT);
    (void)points_text(pass_h, text);
    text_print(page, "<text x=\"%d\" y=\"%d\">", SCORES_LEFT, SCORES_HEIGHT + 64);
    text_put_html(page,
                  wh_span_of(WORD("横轴：得分（每格 10 分）；红线：达标线 ",
                                  "Points, in steps of 10; the red line is the pass line, ")));
    text_print(page, "%s</text>\n</svg>\n", text);
}

void chart_activities(const struct report *report, struct text *page)
{
    const struct report_row *root = &report->rows[0];
    int64_t most = 1;
    int y = 4;
    for (int i = 0; i < 5; i++) {
        int64_t value = root->all[statistic_at(activity_ids[i])];
        if (value > most) most = value;
    }
    begin(page, 5 * ROW + 8, WORD("各类活动次数", "Activities by category"));
    for (int i = 0; i < 5; i++, y += ROW) {
        uint32_t s = statistic_at(activity_ids[i]);
        int64_t value = root->all[s],
                width = most > INT64_MAX / BAR ? value / (most / BAR) : value * BAR / most;
        label(page, y, report_word(report, statistics[s].title));
        bar(page, y, width < 0 ? 0 : width, "#3d93b3");
        text_print(page, "<text x=\"%" PRId64 "\" y=\"%d\">%" PRId64 "</text>\n",
                   LABEL + (width < 0 ? 0 : width) + 8, y + 17, value);
    }
    text_print(page, "</svg>\n");
}
