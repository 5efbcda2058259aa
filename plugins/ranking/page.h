/* page.h: a text that grows, for files that a command replies. Thread: any. Ownership: page_free().
 */
#ifndef WH_RANKING_PAGE_H
#define WH_RANKING_PAGE_H

#include <stddef.h>

struct page {
    char *data;
    size_t len;
    size_t size;
    int failed; /* out of memory: what was put is not whole */
};

void page_put(struct page *page, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Escaped for HTML, attributes too; control characters are left out. */
void page_put_html(struct page *page, const char *text);
/* One value of a line of CSV, quoted where it must be. */
void page_put_csv(struct page *page, const char *text, size_t len);
void page_free(struct page *page);

#endif
