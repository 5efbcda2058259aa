#include "help.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "door/commands.h"

#define NAME_COLUMNS 22 /* of a command, and two blanks behind it */

static void print_padded(const char *text, size_t columns)
{
    size_t width = wh_text_columns(wh_span_of(text));
    printf("%s%*s", text, width < columns ? (int)(columns - width) : 1, "");
}

static void print_title(struct wh_title title, enum wh_language language)
{
    struct wh_span text = wh_title_text(title, language);
    printf("%.*s", (int)text.len, text.data);
}

static const char common_zh[] =
    "\n选项：\n"
    "  -C DIR           节点目录（默认 $WUHAO_HOME，否则 /var/lib/wuhao）\n"
    "  --endpoint PATH  另一个控制套接字\n"
    "  --json           每行一个 JSON 对象\n"
    "  --csv            CSV\n"
    "  --help           帮助（也可用于每个命令）\n"
    "  --version        版本\n"
    "\n退出码：0 成功 · 1 失败 · 2 用法 · 3 没有 · 4 输入有误，未作改动 · 5 连不上节点 · 6 不允许 · 7 部分被拒\n";
static const char common_en[] =
    "\noptions:\n"
    "  -C DIR           the node's home (default: $WUHAO_HOME, else /var/lib/wuhao)\n"
    "  --endpoint PATH  another control socket\n"
    "  --json           one JSON object a line\n"
    "  --csv            CSV\n"
    "  --help           this help; every command has its own\n"
    "  --version        the version\n"
    "\nexit codes: 0 ok, 1 failed, 2 usage, 3 not found, 4 invalid input and nothing changed,\n"
    "            5 node not reachable, 6 not permitted, 7 some rows refused\n";

void wh_help_all(enum wh_language language, const struct wh_command *more, uint32_t more_count)
{
    const struct wh_command *command;
    puts(language == WH_ZH ? "用法：wuhao [-C DIR] 命令 ...\n\n命令："
                           : "usage: wuhao [-C DIR] COMMAND ...\n\ncommands:");
    for (uint32_t i = 0; (command = wh_command_at(i)); i++) {
        printf("  ");
        print_padded(command->name, NAME_COLUMNS);
        print_title(command->title, language);
        putchar('\n');
    }
    for (uint32_t i = 0; i < more_count; i++) {
        printf("  ");
        print_padded(more[i].name, NAME_COLUMNS);
        print_title(more[i].title, language);
        putchar('\n');
    }
    fputs(language == WH_ZH ? common_zh : common_en, stdout);
}

static void print_of_family(enum wh_language language, const char *family,
                            const struct wh_command *command)
{
    size_t len = strlen(family);
    if (strncmp(command->name, family, len) != 0 || command->name[len] != ' ') return;
    printf("  ");
    print_padded(command->name, NAME_COLUMNS);
    print_title(command->title, language);
    putchar('\n');
}

void wh_help_family(enum wh_language language, const char *family, const struct wh_command *more,
                    uint32_t more_count)
{
    const struct wh_command *command;
    puts(language == WH_ZH ? "命令：" : "commands:");
    for (uint32_t i = 0; (command = wh_command_at(i)); i++) {
        print_of_family(language, family, command);
    }
    for (uint32_t i = 0; i < more_count; i++) print_of_family(language, family, &more[i]);
}

static void print_usage(const struct wh_command *command)
{
    printf("wuhao %s", command->name);
    for (uint32_t i = 0; i < command->params.count; i++) {
        const struct wh_param *param = wh_list_at(&command->params, i);
        bool required = param->flags & WH_PARAM_REQUIRED;
        if (param->flags & WH_PARAM_REST) {
            printf(" FIELD=VALUE...");
        } else if (param->flags & WH_PARAM_POSITIONAL) {
            printf(required ? " %s" : " [%s]", param->name);
        } else if (param->flags & WH_PARAM_SWITCH) {
            printf(" [--%s]", param->name);
        } else {
            printf(required ? " --%s X" : " [--%s X]", param->name);
        }
    }
    putchar('\n');
}

void wh_help_command(enum wh_language language, const struct wh_command *command)
{
    print_title(command->title, language);
    printf(language == WH_ZH ? "\n\n用法：" : "\n\nusage: ");
    print_usage(command);
    if (command->params.count > 0) putchar('\n');
    for (uint32_t i = 0; i < command->params.count; i++) {
        const struct wh_param *param = wh_list_at(&command->params, i);
        char name[72];
        bool option = !(param->flags & (WH_PARAM_POSITIONAL | WH_PARAM_REST));
        (void)snprintf(name, sizeof(name), "%s%s", option ? "--" : "", param->name);
        printf("  ");
        print_padded(name, 18);
        print_title(param->title, language);
        putchar('\n');
    }
    if (command->example) {
        printf(language == WH_ZH ? "\n例：%s\n" : "\nexample: %s\n", command->example);
    }
}
