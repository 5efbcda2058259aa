/* Photographs of findings: kept on this node alone. The first one before the fix and the first one
 * after it lie in the finding itself; further ones are records of their own, so that none takes the
 * place of another. */
#include <stdio.h>
#include <stdlib.h>

#include "findings.h"

/* ---- Adding one ---- */

static int check_photo(const struct talk *talk, const struct finding *finding)
{
    struct wh_span name = given_text(talk, "name"), content = given_text(talk, "file");
    if (finding->origin[0]) {
        return refuse(talk, WH_E_NOT_PERMITTED, "%s：照片由 %s 的节点保存",
                      "%s: photographs are kept on the node of %s", finding->id, finding->origin);
    }
    if (content.len == 0) {
        return refuse(talk, WH_E_INVALID, "照片 %.*s：文件是空的（请选有内容的照片文件）",
                      "photograph %.*s: the file is empty (give one that has content)",
                      (int)name.len, name.len > 0 ? name.data : "");
    }
    if (content.len <= WH_FILE_BYTES_MAX) return 0;
    return refuse(talk, WH_E_INVALID, "照片 %.*s：超过 %u MiB（请先缩小）",
                  "photograph %.*s: it is over %u MiB (make it smaller first)", (int)name.len,
                  name.len > 0 ? name.data : "", WH_FILE_BYTES_MAX >> 20);
}

/* Beside the first one. */
static int add_further(const struct talk *talk, const struct finding *finding, int fixed,
                       const char *ref)
{
    const struct wh_host *host = talk->host;
    struct fields fields = {.count = 0};
    struct wh_record_id id;
    int rc;
    put_field(&fields, "finding", wh_span_of(finding->id));
    if (fixed) put_field(&fields, "fixed", wh_span_of("yes"));
    put_field(&fields, "file", wh_span_of(ref));
    rc = host->record_add(host->self, wh_span_of(KIND_PHOTOGRAPH), wh_span_of(finding->unit),
                          host->today(host->self), list_of_fields(&fields), &id, talk->fail);
    if (rc < 0) return rc;
    return remark(talk, "%s：又一张照片（取出：wuhao file %s file --out 文件夹）",
                  "%s: a further photograph (fetch it with `wuhao file %s file --out FOLDER`)",
                  finding->id, id.text);
}

int run_photo(const struct talk *talk)
{
    const struct wh_host *host = talk->host;
    struct fields fields = {.count = 0};
    struct finding finding;
    char ref[WH_FILE_REF_MAX];
    int fixed, rc = given_finding(talk, &finding);
    if (rc == 0) rc = check_photo(talk, &finding);
    if (rc < 0) return rc;
    rc = host->file_keep(host->self, given_text(talk, "name"), given_text(talk, "file"), ref,
                         talk->fail);
    if (rc < 0) return rc;
    fixed = strcmp(finding.progress, "open") != 0;
    if (fixed ? finding.photo_fixed[0] : finding.photo[0]) {
        rc = add_further(talk, &finding, fixed, ref);
    } else {
        put_field(&fields, fixed ? "photo_fixed" : "photo", wh_span_of(ref));
        rc = host->record_edit(host->self, wh_span_of(finding.id), list_of_fields(&fields),
                               talk->fail);
    }
    return rc < 0 ? rc : reply_word(talk, ref);
}

/* ---- Those of one finding ---- */

struct photograph {
    char id[ID_SIZE];
    char ref[WH_FILE_REF_MAX];
    int32_t fixed;
};

struct photographs {
    const char *finding;
    struct photograph *items;
    uint32_t count;
    uint32_t size;
};

static int take_photograph(void *context, const struct wh_record_view *record)
{
    struct photographs *all = context;
    struct photograph *one;
    if (!wh_span_equal(field_text(record, "finding"), wh_span_of(all->finding))) return 0;
    if (make_room(&all->items, all->count, &all->size, sizeof(*all->items)) < 0) {
        return WH_E_FAILED;
    }
    one = &all->items[all->count++];
    copy_text(one->id, sizeof(one->id), record->id);
    copy_text(one->ref, sizeof(one->ref), field_text(record, "file"));
    one->fixed = field_number(record, "fixed", 0) != 0;
    return 0;
}

/* The caller frees the items. */
static int read_photographs(const struct talk *talk, const struct finding *finding,
                            struct photographs *ret)
{
    const struct wh_host *host = talk->host;
    int rc;
    memset(ret, 0, sizeof(*ret));
    ret->finding = finding->id;
    rc = host->records(host->self, wh_span_of(KIND_PHOTOGRAPH), wh_span_of(finding->unit),
                       INT32_MIN, INT32_MAX, take_photograph, ret, talk->fail);
    return rc < 0 ? rc : 0;
}

/* What a file field holds is NAME#DIGEST: the name, and how to fetch it. */
static int show_photo(const struct talk *talk, const char *what, const char *ref, const char *id,
                      const char *field)
{
    char text[WH_FILE_REF_MAX + 80];
    if (!ref[0]) return 0;
    (void)snprintf(text, sizeof(text), "%.*s (wuhao file %s %s --out FOLDER)",
                   (int)strcspn(ref, "#"), ref, id, field);
    return show_fact(talk, what, wh_span_of(text));
}

int show_photos(const struct talk *talk, const struct finding *finding)
{
    struct photographs all;
    int rc = read_photographs(talk, finding, &all);
    if (rc == 0) rc = show_photo(talk, "photo", finding->photo, finding->id, "photo");
    for (uint32_t i = 0; rc == 0 && i < all.count; i++) {
        const struct photograph *one = &all.items[i];
        if (!one->fixed) rc = show_photo(talk, "photo", one->ref, one->id, "file");
    }
    if (rc == 0) {
        rc = show_photo(talk, "photo_fixed", finding->photo_fixed, finding->id, "photo_fixed");
    }
    for (uint32_t i = 0; rc == 0 && i < all.count; i++) {
        const struct photograph *one = &all.items[i];
        if (one->fixed) rc = show_photo(talk, "photo_fixed", one->ref, one->id, "file");
    }
    free(all.items);
    return rc;
}

int forget_photos(const struct talk *talk, const struct finding *finding)
{
    const struct wh_host *host = talk->host;
    struct photographs all;
    int rc = read_photographs(talk, finding, &all);
    for (uint32_t i = 0; rc >= 0 && i < all.count; i++) {
        rc = host->record_withdraw(host->self, wh_span_of(all.items[i].id),
                                   wh_span_of("the finding was taken back"), talk->fail);
    }
    free(all.items);
    return rc < 0 ? rc : 0;
}
