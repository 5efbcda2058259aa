/* Runs a fuzz target over the files of its corpus, and over no bytes at all, as a plain test. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INPUT_BYTES_MAX (1u << 20)

/* Copied to a buffer of its exact size, so that a read beyond its end is seen. */
static void replay_bytes(const uint8_t *bytes, size_t len)
{
    uint8_t *exact = malloc(len > 0 ? len : 1);
    if (!exact) abort();
    for (size_t i = 0; i < len; i++) exact[i] = bytes[i];
    (void)LLVMFuzzerTestOneInput(exact, len); /* always 0 */
    free(exact);
}

static int replay_file(const char *folder, const char *name)
{
    static uint8_t bytes[INPUT_BYTES_MAX];
    char path[4096];
    FILE *file;
    size_t len;
    (void)snprintf(path, sizeof(path), "%s/%s", folder, name); /* cut: it is not there */
    file = fopen(path, "rb");
    if (!file) return -1;
    len = fread(bytes, 1, sizeof(bytes), file);
    (void)fclose(file); /* only read */
    replay_bytes(bytes, len);
    return 0;
}

int main(int argc, char **argv)
{
    const struct dirent *entry;
    int count = 0, failed = 0;
    DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
    replay_bytes((const uint8_t *)"", 0);
    if (!folder) {
        (void)fprintf(stderr, "usage: %s CORPUS (a folder)\n", argv[0]);
        return 2;
    }
    while ((entry = readdir(folder))) {
        if (entry->d_name[0] == '.') continue;
        if (replay_file(argv[1], entry->d_name) == 0)
            count++;
        else
            failed++;
    }
    (void)closedir(folder);
    (void)printf("%d inputs replayed, %d not readable\n", count, failed);
    return count > 0 && failed == 0 ? 0 : 1;
}
