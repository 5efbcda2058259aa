/* The map is a treap whose priorities are a digest of the key, so its shape depends on what it
 * holds and on nothing else. A node that another state shares is copied before it is changed. */
#include "memory_store.h"

#include "base/assert.h"
#include "base/memory.h"

struct entry {
    uint64_t refs;
    uint64_t priority;
    struct wh_span key; /* the family is its first byte */
    struct wh_span value;
};

struct node {
    uint64_t refs;
    struct entry *entry;
    struct node *left;
    struct node *right;
};

struct wh_snapshot {
    struct node *root;
};

struct wh_memory_store {
    struct node *root;
    enum wh_memory_fault fault;
    bool dead;
    struct wh_memory_breakage breakage;
    struct wh_chance chance;
    struct node **tail; /* the states before the newest commits, a ring */
    uint32_t tail_size;
    uint32_t tail_count;
    uint64_t commits;
    wh_memory_watch watch;
    void *watch_context;
};

#define KEY_BYTES_MAX 1024

/* ---- Entries and nodes ---- */

static uint64_t priority_of(struct wh_span key)
{
    uint64_t hash = 0xcbf29ce484222325u;
    for (size_t i = 0; i < key.len; i++) hash = (hash ^ (uint8_t)key.data[i]) * 0x100000001b3u;
    hash = (hash ^ (hash >> 32)) * 0x9E3779B97F4A7C15u;
    return hash ^ (hash >> 29);
}

static struct entry *new_entry(struct wh_span key, struct wh_span value)
{
    struct entry *entry = wh_memory_new(1, sizeof(*entry) + key.len + value.len);
    char *bytes = (char *)(entry + 1);
    memcpy(bytes, key.data, key.len);
    if (value.len > 0) memcpy(bytes + key.len, value.data, value.len);
    *entry = (struct entry){1, priority_of(key), wh_span(bytes, key.len),
                            wh_span(bytes + key.len, value.len)};
    return entry;
}

static void drop_entry(struct entry *entry)
{
    if (--entry->refs == 0) wh_memory_free(entry);
}

static struct node *new_node(struct entry *entry, struct node *left, struct node *right)
{
    struct node *node = wh_memory_new(1, sizeof(*node));
    *node = (struct node){1, entry, left, right};
    return node;
}

static struct node *share(struct node *node)
{
    if (node) node->refs++;
    return node;
}

static void drop(struct node *node)
{
    if (!node || --node->refs > 0) return;
    drop_entry(node->entry);
    drop(node->left);
    drop(node->right);
    wh_memory_free(node);
}

/* Takes a reference to `node` and gives one to a node that nobody else sees. */
static struct node *own(struct node *node)
{
    struct node *copy;
    if (node->refs == 1) return node;
    node->entry->refs++;
    copy = new_node(node->entry, share(node->left), share(node->right));
    drop(node);
    return copy;
}

/* Everything below `key` goes left. `key` itself is not in the tree. */
static void split(struct node *node, struct wh_span key, struct node **left, struct node **right)
{
    if (!node) {
        *left = *right = NULL;
        return;
    }
    node = own(node);
    if (wh_span_compare(node->entry->key, key) < 0) {
        split(node->right, key, &node->right, right);
        *left = node;
    } else {
        split(node->left, key, left, &node->left);
        *right = node;
    }
}

static struct node *merge(struct node *left, struct node *right)
{
    if (!left) return right;
    if (!right) return left;
    if (left->entry->priority > right->entry->priority) {
        left = own(left);
        left->right = merge(left->right, right);
        return left;
    }
    right = own(right);
    right->left = merge(left, right->left);
    return right;
}

static struct node *insert(struct node *node, struct entry *entry)
{
    int order = node ? wh_span_compare(entry->key, node->entry->key) : 0;
    struct node *left, *right;
    if (node && order != 0 && node->entry->priority > entry->priority) {
        node = own(node);
        if (order < 0) {
            node->left = insert(node->left, entry);
        } else {
            node->right = insert(node->right, entry);
        }
        return node;
    }
    if (node && order == 0) {
        node = own(node);
        drop_entry(node->entry);
        node->entry = entry;
        return node;
    }
    split(node, entry->key, &left, &right);
    return new_node(entry, left, right);
}

static struct node *erase(struct node *node, struct wh_span key)
{
    int order;
    if (!node) return NULL;
    node = own(node);
    order = wh_span_compare(key, node->entry->key);
    if (order < 0) {
        node->left = erase(node->left, key);
    } else if (order > 0) {
        node->right = erase(node->right, key);
    } else {
        struct node *left = share(node->left), *right = share(node->right);
        drop(node);
        return merge(left, right);
    }
    return node;
}

/* ---- The table ---- */

static struct wh_span marked(char bytes[KEY_BYTES_MAX], enum wh_family family, struct wh_span key)
{
    WH_ASSERT(key.len + 1 <= KEY_BYTES_MAX);
    bytes[0] = (char)family;
    if (key.len > 0) memcpy(bytes + 1, key.data, key.len);
    return wh_span(bytes, key.len + 1);
}

static int power_is_off(struct wh_error *err)
{
    return wh_fail(err, WH_E_IO, WH_MSG_STORE_ROW_BROKEN, NULL);
}

static const struct node *root_of(const struct wh_memory_store *store,
                                  const struct wh_snapshot *snapshot)
{
    return snapshot ? snapshot->root : store->root;
}

static int read(void *self, const struct wh_snapshot *snapshot, enum wh_family family,
                struct wh_span key, struct wh_arena *arena, struct wh_span *ret,
                struct wh_error *err)
{
    const struct node *node = root_of(self, snapshot);
    char bytes[KEY_BYTES_MAX];
    (void)err;
    key = marked(bytes, family, key);
    while (node) {
        int order = wh_span_compare(key, node->entry->key);
        if (order == 0) {
            *ret = wh_arena_copy(arena, node->entry->value);
            return 0;
        }
        node = order < 0 ? node->left : node->right;
    }
    *ret = WH_SPAN_EMPTY;
    return 0;
}

static bool share_fails(struct wh_memory_store *store, uint32_t share)
{
    return share > 0 && wh_chance_is(&store->chance, share);
}

static int get(void *self, const struct wh_snapshot *snapshot, enum wh_family family,
               struct wh_span key, struct wh_arena *arena, struct wh_span *ret,
               struct wh_error *err)
{
    struct wh_memory_store *store = self;
    if (store->dead || share_fails(store, store->breakage.reads)) return power_is_off(err);
    return read(self, snapshot, family, key, arena, ret, err);
}

struct scanning {
    struct wh_span from;
    struct wh_span to;
    enum wh_scan_order order;
    wh_scan_visit visit;
    void *context;
};

static int scan_below(const struct node *node, const struct scanning *scanning);

static int scan_side(const struct node *node, const struct scanning *scanning,
                     enum wh_scan_order side)
{
    bool wanted;
    if (side == WH_SCAN_UP) { /* the lower keys */
        wanted = wh_span_compare(node->entry->key, scanning->from) >= 0;
        return wanted ? scan_below(node->left, scanning) : 0;
    }
    wanted = wh_span_compare(node->entry->key, scanning->to) < 0;
    return wanted ? scan_below(node->right, scanning) : 0;
}

static int scan_below(const struct node *node, const struct scanning *scanning)
{
    const struct wh_span key = node ? node->entry->key : WH_SPAN_EMPTY;
    int rc;
    if (!node) return 0;
    rc = scan_side(node, scanning, scanning->order);
    if (rc != 0) return rc;
    if (wh_span_compare(key, scanning->from) >= 0 && wh_span_compare(key, scanning->to) < 0) {
        rc = scanning->visit(scanning->context, wh_span_from(key, 1), node->entry->value);
        if (rc != 0) return rc;
    }
    return scan_side(node, scanning, scanning->order == WH_SCAN_UP ? WH_SCAN_DOWN : WH_SCAN_UP);
}

static int walk(void *self, const struct wh_snapshot *snapshot, enum wh_family family,
                struct wh_span from, struct wh_span to, enum wh_scan_order order,
                wh_scan_visit visit, void *context, struct wh_error *err)
{
    char from_bytes[KEY_BYTES_MAX], to_bytes[KEY_BYTES_MAX];
    struct scanning scanning = {.order = order, .visit = visit, .context = context};
    int rc;
    (void)err;
    scanning.from = marked(from_bytes, family, from);
    scanning.to = marked(to_bytes, to.len > 0 ? family : family + 1, to);
    rc = scan_below(root_of(self, snapshot), &scanning);
    return rc < 0 ? rc : 0;
}

static int scan(void *self, const struct wh_snapshot *snapshot, enum wh_family family,
                struct wh_span from, struct wh_span to, enum wh_scan_order order,
                wh_scan_visit visit, void *context, struct wh_error *err)
{
    struct wh_memory_store *store = self;
    if (store->dead || share_fails(store, store->breakage.reads)) return power_is_off(err);
    return walk(self, snapshot, family, from, to, order, visit, context, err);
}

static void write_one(struct wh_memory_store *store, const struct wh_write *write)
{
    char bytes[KEY_BYTES_MAX];
    struct wh_span key = marked(bytes, write->family, write->key);
    if (write->is_delete) {
        store->root = erase(store->root, key);
    } else {
        store->root = insert(store->root, new_entry(key, write->value));
    }
}

static void keep_state(struct wh_memory_store *store)
{
    uint64_t at = store->commits % (store->tail_size > 0 ? store->tail_size : 1);
    if (store->tail_size == 0) return;
    drop(store->tail[at]);
    store->tail[at] = share(store->root);
    if (store->tail_count < store->tail_size) store->tail_count++;
}

static int commit(void *self, const struct wh_batch *batch, struct wh_error *err)
{
    struct wh_memory_store *store = self;
    enum wh_memory_fault fault = store->fault;
    if (store->dead) return power_is_off(err);
    store->fault = WH_MEMORY_NO_FAULT;
    store->dead = fault == WH_MEMORY_POWER_CUT_BEFORE || fault == WH_MEMORY_POWER_CUT_AFTER;
    if (fault == WH_MEMORY_COMMIT_FAILS || fault == WH_MEMORY_POWER_CUT_BEFORE) {
        return power_is_off(err);
    }
    if (share_fails(store, store->breakage.commits)) return power_is_off(err);
    keep_state(store);
    if (store->watch) store->watch(store->watch_context, batch);
    for (uint32_t i = 0; i < batch->count; i++) write_one(store, &batch->writes[i]);
    store->commits++;
    return 0;
}

static const struct wh_snapshot *snapshot(void *self)
{
    struct wh_memory_store *store = self;
    struct wh_snapshot *made = wh_memory_new(1, sizeof(*made));
    made->root = share(store->root);
    return made;
}

static void release(void *self, const struct wh_snapshot *kept)
{
    (void)self;
    if (!kept) return;
    drop(kept->root);
    wh_memory_free((void *)(uintptr_t)kept); /* const to everybody else */
}

static const struct wh_store_ops ops = {.get = get,
                                        .scan = scan,
                                        .commit = commit,
                                        .snapshot = snapshot,
                                        .release = release};

static const struct wh_store_ops disk_ops = {.get = read,
                                             .scan = walk,
                                             .snapshot = snapshot,
                                             .release = release};

/* ---- What a test does with it ---- */

struct wh_memory_store *wh_memory_store_new(void)
{
    return wh_memory_new(1, sizeof(struct wh_memory_store));
}

void wh_memory_store_free(struct wh_memory_store *store)
{
    if (!store) return;
    drop(store->root);
    for (uint32_t i = 0; i < store->tail_size; i++) drop(store->tail[i]);
    wh_memory_free(store->tail);
    wh_memory_free(store);
}

struct wh_store wh_memory_store_table(struct wh_memory_store *store)
{
    return (struct wh_store){&ops, store};
}

struct wh_store wh_memory_store_disk(struct wh_memory_store *store)
{
    return (struct wh_store){&disk_ops, store};
}

void wh_memory_store_watch(struct wh_memory_store *store, wh_memory_watch watch, void *context)
{
    store->watch = watch;
    store->watch_context = context;
}

void wh_memory_store_set_fault(struct wh_memory_store *store, enum wh_memory_fault fault)
{
    store->fault = fault;
}

const bool *wh_memory_store_is_dead(const struct wh_memory_store *store)
{
    return &store->dead;
}

void wh_memory_store_power_on(struct wh_memory_store *store)
{
    store->dead = false;
    store->fault = WH_MEMORY_NO_FAULT;
}

void wh_memory_store_restore(struct wh_memory_store *store, const struct wh_snapshot *kept)
{
    drop(store->root);
    store->root = share(kept->root);
}

struct wh_memory_breakage wh_memory_store_break(struct wh_memory_store *store,
                                                struct wh_memory_breakage breakage)
{
    struct wh_memory_breakage former = store->breakage;
    former.seed = store->chance.state;
    store->breakage = breakage;
    store->chance.state = breakage.seed;
    return former;
}

void wh_memory_store_keep_tail(struct wh_memory_store *store, uint32_t commits_max)
{
    store->tail = wh_memory_new(commits_max, sizeof(struct node *));
    store->tail_size = commits_max;
}

void wh_memory_store_lose_tail(struct wh_memory_store *store, uint32_t commits)
{
    uint64_t at;
    if (commits > store->tail_count) commits = store->tail_count;
    if (commits == 0) return;
    at = (store->commits - commits) % store->tail_size;
    drop(store->root);
    store->root = share(store->tail[at]);
    store->tail_count = 0; /* what was before is another history */
}

void wh_memory_store_copy(struct wh_memory_store *store, const struct wh_memory_store *of)
{
    drop(store->root);
    store->root = share(of->root);
}

uint64_t wh_memory_store_commits(const struct wh_memory_store *store)
{
    return store->commits;
}
