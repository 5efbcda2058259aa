#include "door/commands.h"

#define REQUIRED_WORD (WH_PARAM_REQUIRED | WH_PARAM_POSITIONAL)
#define REQUIRED_FILE (REQUIRED_WORD | WH_PARAM_CONTENT)

/* Tables read better in lines of their own. */
/* clang-format off */

/* ---- Arguments ---- */

static const struct wh_param init_params[] = {
    {"dir", {"节点目录", "the node's home"}, WH_TEXT, REQUIRED_WORD},
    {"unit", {"本节点的单位编码", "the code of the home unit"}, WH_UNIT, WH_PARAM_REQUIRED},
    {"name", {"单位名称", "its name"}, WH_TEXT, WH_PARAM_REQUIRED},
    {"kind", {"单位类型", "its kind: city, county, township, street, education_bureau, ..."},
     WH_TEXT, WH_PARAM_REQUIRED},
    {"listen", {"供下级连接的地址", "where children connect: tcp://HOST:PORT"}, WH_TEXT, 0},
};
static const struct wh_param check_config_params[] = {
    {"dir", {"节点目录", "the node's home (default: -C)"}, WH_TEXT, WH_PARAM_POSITIONAL},
};
static const struct wh_param invite_params[] = {
    {"code", {"下级单位编码", "the unit that may join"}, WH_UNIT, REQUIRED_WORD},
    {"ttl", {"有效期，如 7d、12h、30m", "how long it holds: 7d, 12h, 30m, 60s (default 7d)"},
     WH_TEXT, 0},
};
static const struct wh_param join_params[] = {
    {"token", {"上级给的邀请码", "the token that the parent gave"}, WH_TEXT, REQUIRED_WORD},
};
static const struct wh_param revoke_params[] = {
    {"code", {"下级单位编码", "the member's unit"}, WH_UNIT, REQUIRED_WORD},
};
static const struct wh_param programme_file_params[] = {
    {"file", {"方案文件（YAML）", "the programme as YAML"}, WH_TEXT, REQUIRED_FILE},
};
static const struct wh_param programme_show_params[] = {
    {"year", {"年度", "the issue in force in this year"}, WH_INTEGER, 0},
};
static const struct wh_param unit_import_params[] = {
    {"file", {"组织树：code,name,kind,parent，可加 opened,closed,successor",
     "the tree as CSV: code,name,kind,parent, and, where units came or went, "
     "opened,closed,successor (closed: the first day without it)"}, WH_TEXT, REQUIRED_FILE},
    {"dry-run", {"只检查", "check only"}, WH_YESNO, WH_PARAM_SWITCH},
};
static const struct wh_param unit_list_params[] = {
    {"under", {"只列此编码以下", "only below this code"}, WH_UNIT, 0},
    {"level", {"只列此层级", "city, county, township or grassroots"}, WH_TEXT, 0},
    {"kind", {"只列此类型", "only this kind"}, WH_TEXT, 0},
};
static const struct wh_param unit_show_params[] = {
    {"code", {"单位编码", "the unit"}, WH_UNIT, REQUIRED_WORD},
};
static const struct wh_param kind_params[] = {
    {"kind", {"记录类型", "the kind of record"}, WH_TEXT, REQUIRED_WORD},
};
static const struct wh_param add_params[] = {
    {"kind", {"记录类型", "the kind of record"}, WH_TEXT, REQUIRED_WORD},
    {"unit", {"单位编码", "the unit that the record is about"}, WH_UNIT, 0},
    {"field", {"字段=值", "FIELD=VALUE, `date` among them"}, WH_TEXT, WH_PARAM_REST},
};
static const struct wh_param edit_params[] = {
    {"id", {"记录编号", "the record"}, WH_TEXT, REQUIRED_WORD},
    {"field", {"字段=值", "FIELD=VALUE; an empty value clears the field"}, WH_TEXT, WH_PARAM_REST},
};
static const struct wh_param withdraw_params[] = {
    {"id", {"记录编号", "the record"}, WH_TEXT, REQUIRED_WORD},
    {"why", {"原因", "the reason, kept with the record"}, WH_TEXT, WH_PARAM_REQUIRED},
};
static const struct wh_param import_params[] = {
    {"kind", {"记录类型", "the kind of record"}, WH_TEXT, REQUIRED_WORD},
    {"file", {"CSV 文件", "CSV: `unit`, `date` and field names in the header"}, WH_TEXT,
     REQUIRED_FILE},
    {"dry-run", {"只检查", "check only"}, WH_YESNO, WH_PARAM_SWITCH},
    {"skip-bad", {"跳过有错的行", "import the good rows and report the bad ones"}, WH_YESNO,
     WH_PARAM_SWITCH},
};
static const struct wh_param attach_params[] = {
    {"id", {"记录编号", "the record"}, WH_TEXT, REQUIRED_WORD},
    {"field", {"文件字段", "its field of type file"}, WH_TEXT, REQUIRED_WORD},
    {"file", {"文件（最大 16 MiB）", "the file, of at most 16 MiB"}, WH_TEXT, REQUIRED_FILE},
    {"name", {"保存的文件名", "the name to keep it by (default: the file's own)"}, WH_TEXT, 0},
};
static const struct wh_param file_params[] = {
    {"id", {"记录编号", "the record"}, WH_TEXT, REQUIRED_WORD},
    {"field", {"文件字段", "its field of type file"}, WH_TEXT, REQUIRED_WORD},
    {"out", {"写入的目录", "the folder to write it into"}, WH_TEXT,
     WH_PARAM_REQUIRED | WH_PARAM_PATH},
};
static const struct wh_param list_params[] = {
    {"kind", {"记录类型", "the kind of record"}, WH_TEXT, REQUIRED_WORD},
    {"unit", {"单位编码", "only of this unit"}, WH_UNIT, 0},
    {"from", {"起始日期", "from this date"}, WH_DATE, 0},
    {"to", {"截止日期", "to this date"}, WH_DATE, 0},
    {"withdrawn", {"包括已撤销的", "withdrawn ones too"}, WH_YESNO, WH_PARAM_SWITCH},
};
static const struct wh_param id_params[] = {
    {"id", {"记录编号", "the record"}, WH_TEXT, REQUIRED_WORD},
};
static const struct wh_param metrics_params[] = {
    {"unit", {"单位编码", "the unit"}, WH_UNIT, WH_PARAM_REQUIRED},
    {"year", {"年度", "only this year"}, WH_INTEGER, 0},
    {"quarter", {"季度", "only this quarter, as 2026Q1"}, WH_TEXT, 0},
    {"under", {"包括下级单位", "units below too"}, WH_YESNO, WH_PARAM_SWITCH},
};
static const struct wh_param plugin_show_params[] = {
    {"name", {"插件名", "the plugin"}, WH_TEXT, REQUIRED_WORD},
};
static const struct wh_param plugin_new_params[] = {
    {"name", {"插件名", "the plugin, as in visits"}, WH_TEXT, REQUIRED_WORD},
    {"kind", {"记录类型（缺省：插件名的单数）", "the kind of record it adds (default: NAME, singular)"},
     WH_TEXT, 0},
    {"lang", {"编程语言：c 或 cpp（缺省：c）", "c or cpp (default: c)"}, WH_TEXT, 0},
    {"dir", {"建在此目录下（缺省：当前目录）", "the folder to make it in (default: here)"}, WH_TEXT,
     WH_PARAM_PATH},
};
static const struct wh_param plugin_test_params[] = {
    {"file", {"插件文件", "the plugin: NAME.so"}, WH_TEXT, REQUIRED_WORD | WH_PARAM_PATH},
    {"scenario", {"测试场景（YAML）", "what goes in and what must come out, as YAML"}, WH_TEXT,
     REQUIRED_FILE},
    {"isolate", {"在单独的进程中运行", "in a process of its own, as a node may run it"}, WH_YESNO,
     WH_PARAM_SWITCH},
};
static const struct wh_param resolve_params[] = {
    {"mine", {"以本节点的数据为准", "the rows of this node stand, those in doubt are void"}, WH_YESNO,
     WH_PARAM_SWITCH},
};
static const struct wh_param bundle_export_params[] = {
    {"file", {"写到此文件", "the file to write"}, WH_TEXT, REQUIRED_WORD | WH_PARAM_PATH},
    {"to", {"给此下级（缺省：给上级）", "for this member (default: for the parent)"}, WH_UNIT, 0},
    {"max-size", {"每份的最大大小，如 1M、700K", "the greatest size of a part: 1M, 700K (default 64M)"},
     WH_TEXT, 0},
    {"all", {"全部重写，不只是对方没有的", "everything, not only what the other side lacks"}, WH_YESNO,
     WH_PARAM_SWITCH},
};
static const struct wh_param bundle_import_params[] = {
    {"file", {"要导入的文件", "the file to take in"}, WH_TEXT, REQUIRED_WORD | WH_PARAM_PATH},
};
static const struct wh_param backup_params[] = {
    {"dir", {"备份目录", "the folder of backups"}, WH_TEXT, REQUIRED_WORD | WH_PARAM_PATH},
};
static const struct wh_param backup_verify_params[] = {
    {"dir", {"备份目录", "the folder of backups"}, WH_TEXT, REQUIRED_WORD | WH_PARAM_PATH},
    {"number", {"只检查这一个备份", "only this one (default: all)"}, WH_INTEGER, 0},
};
static const struct wh_param restore_params[] = {
    {"dir", {"备份目录", "the folder of backups"}, WH_TEXT, REQUIRED_WORD | WH_PARAM_PATH},
    {"into", {"要建立的节点目录（须不存在或为空）", "the home to make: absent or empty"}, WH_TEXT,
     WH_PARAM_REQUIRED | WH_PARAM_PATH},
    {"number", {"备份编号", "which backup (default: the newest)"}, WH_INTEGER, 0},
};
static const struct wh_param wait_params[] = {
    {"synced", {"直到与上级同步", "until nothing is left to measure or to sync"}, WH_YESNO,
     WH_PARAM_SWITCH},
    {"timeout", {"最多等待秒数", "seconds (default 60)"}, WH_INTEGER, 0},
};

/* ---- Columns ---- */

#define COLUMN(name, zh, en, type) {name, {zh, en}, type, 0}

static const struct wh_column member_columns[] = {
    COLUMN("unit", "单位", "Unit", WH_TEXT),
    COLUMN("name", "名称", "Name", WH_TEXT),
    COLUMN("invited_by", "邀请者", "Invited by", WH_TEXT),
    COLUMN("state", "状态", "State", WH_TEXT),
    COLUMN("key", "公钥", "Key", WH_TEXT),
};
static const struct wh_column programme_columns[] = {
    COLUMN("number", "期号", "Issue", WH_INTEGER),
    COLUMN("id", "方案", "Programme", WH_TEXT),
    COLUMN("title", "标题", "Title", WH_TEXT),
    COLUMN("issued", "发布时间", "Issued", WH_TIME),
    COLUMN("years", "年度", "Years", WH_TEXT),
    COLUMN("pass_township", "乡镇级达标线", "Pass, township", WH_DECIMAL),
    COLUMN("pass_grassroots", "基层达标线", "Pass, grassroots", WH_DECIMAL),
    COLUMN("subordinate_share", "下属达标率", "Share", WH_INTEGER),
    COLUMN("items", "指标", "Items", WH_INTEGER),
    COLUMN("ledgers", "台账", "Ledgers", WH_INTEGER),
    COLUMN("duties", "职责", "Duties", WH_INTEGER),
};
static const struct wh_column unit_columns[] = {
    COLUMN("code", "编码", "Code", WH_TEXT),
    COLUMN("name", "名称", "Name", WH_TEXT),
    COLUMN("kind", "类型", "Kind", WH_TEXT),
    COLUMN("level", "层级", "Level", WH_TEXT),
    COLUMN("parent", "上级", "Parent", WH_TEXT),
    COLUMN("opened", "设立", "Opened", WH_DATE),
    COLUMN("closed", "撤销", "Closed", WH_DATE),
    COLUMN("successor", "并入", "Successor", WH_TEXT),
};
static const struct wh_column tree_columns[] = {
    COLUMN("tree", "组织", "Unit", WH_TEXT),
    COLUMN("code", "编码", "Code", WH_TEXT),
    COLUMN("kind", "类型", "Kind", WH_TEXT),
    COLUMN("units", "下级单位", "Units below", WH_INTEGER),
};
static const struct wh_column kinds_columns[] = {
    COLUMN("kind", "记录类型", "Kind", WH_TEXT),
    COLUMN("title", "名称", "Title", WH_TEXT),
    COLUMN("enter", "填报层级", "Levels", WH_TEXT),
    COLUMN("fields", "字段", "Fields", WH_INTEGER),
    COLUMN("metrics", "指标", "Metrics", WH_TEXT),
};
static const struct wh_column kind_columns[] = {
    COLUMN("field", "字段", "Field", WH_TEXT),
    COLUMN("title", "名称", "Title", WH_TEXT),
    COLUMN("type", "类型", "Type", WH_TEXT),
    COLUMN("required", "必填", "Required", WH_YESNO),
    COLUMN("personal", "个人信息", "Personal", WH_YESNO),
    COLUMN("public", "可公开", "Public", WH_YESNO),
    COLUMN("unique", "不得重复", "Unique", WH_YESNO),
    COLUMN("rule", "取值", "Values", WH_TEXT),
};
static const struct wh_column id_columns[] = {
    COLUMN("id", "记录编号", "Record", WH_TEXT),
};
static const struct wh_column import_columns[] = {
    COLUMN("rows", "行数", "Rows", WH_INTEGER),
    COLUMN("imported", "导入", "Imported", WH_INTEGER),
    COLUMN("refused", "拒绝", "Refused", WH_INTEGER),
};
static const struct wh_column unit_import_columns[] = {
    COLUMN("rows", "行数", "Rows", WH_INTEGER),
    COLUMN("changed", "新增或改动", "New or changed", WH_INTEGER),
};
static const struct wh_column issue_columns[] = {
    COLUMN("number", "期号", "Issue", WH_INTEGER),
};
static const struct wh_column token_columns[] = {
    COLUMN("token", "邀请码", "Token", WH_TEXT),
};
static const struct wh_column metric_columns[] = {
    COLUMN("unit", "单位", "Unit", WH_TEXT),
    COLUMN("quarter", "季度", "Quarter", WH_TEXT),
    COLUMN("facet", "记录类型", "Facet", WH_TEXT),
    COLUMN("origin", "来源", "Origin", WH_TEXT),
    COLUMN("metric", "指标", "Metric", WH_TEXT),
    COLUMN("value", "数值", "Value", WH_INTEGER),
    COLUMN("doubt", "存疑", "In doubt", WH_YESNO),
};
static const struct wh_column commands_columns[] = {
    COLUMN("command", "命令", "Command", WH_TEXT),
    COLUMN("title", "说明", "Title", WH_TEXT),
};
static const struct wh_param plugin_enable_params[] = {
    {"name", {"插件名或 .so 文件", "the plugin, or its file NAME.so"}, WH_TEXT,
     REQUIRED_WORD | WH_PARAM_MAY_BE_PATH},
};
static const struct wh_param plugin_run_params[] = {
    {"name", {"插件名", "the plugin"}, WH_TEXT, REQUIRED_WORD},
    {"job", {"任务名", "its job"}, WH_TEXT, REQUIRED_WORD},
};
static const struct wh_column notice_columns[] = {
    COLUMN("plugin", "来源", "From", WH_TEXT),
    COLUMN("key", "标识", "Key", WH_TEXT),
    COLUMN("unit", "单位", "Unit", WH_UNIT),
    COLUMN("severity", "级别", "Severity", WH_TEXT),
    COLUMN("due", "期限", "Due", WH_DATE),
    COLUMN("posted", "时间", "Posted", WH_TIME),
    COLUMN("text", "内容", "Text", WH_TEXT),
};
static const struct wh_column plugin_columns[] = {
    COLUMN("name", "插件", "Plugin", WH_TEXT),
    COLUMN("version", "版本", "Version", WH_TEXT),
    COLUMN("state", "状态", "State", WH_TEXT),
    COLUMN("title", "名称", "Title", WH_TEXT),
    COLUMN("reason", "原因", "Reason", WH_TEXT),
};
static const struct wh_column plugin_show_columns[] = {
    COLUMN("what", "项目", "What", WH_TEXT),
    COLUMN("name", "名称", "Name", WH_TEXT),
    COLUMN("title", "说明", "Title", WH_TEXT),
};
static const struct wh_column plugin_new_columns[] = {
    COLUMN("file", "文件", "File", WH_TEXT),
};
static const struct wh_column plugin_test_columns[] = {
    COLUMN("line", "行", "Line", WH_INTEGER),
    COLUMN("step", "步骤", "Step", WH_TEXT),
    COLUMN("came", "结果", "Came", WH_TEXT),
};
static const struct wh_column status_columns[] = {
    COLUMN("unit", "单位", "Unit", WH_TEXT),
    COLUMN("name", "名称", "Name", WH_TEXT),
    COLUMN("version", "版本", "Version", WH_TEXT),
    COLUMN("uptime_s", "已运行（秒）", "Up (s)", WH_INTEGER),
    COLUMN("records", "记录", "Records", WH_INTEGER),
    COLUMN("rows", "行", "Rows", WH_INTEGER),
    COLUMN("units", "组织", "Units", WH_INTEGER),
    COLUMN("programme", "方案期号", "Programme", WH_INTEGER),
    COLUMN("plugins", "插件", "Plugins", WH_JSON),
    COLUMN("links", "链路", "Links", WH_JSON),
    COLUMN("notices", "通知", "Notices", WH_INTEGER),
    COLUMN("disk_free", "剩余空间（字节）", "Disk free (bytes)", WH_INTEGER),
    COLUMN("restored", "恢复自备份", "Restored from", WH_JSON),
};
static const struct wh_column backup_create_columns[] = {
    COLUMN("number", "编号", "Number", WH_INTEGER),
    COLUMN("taken", "时间", "Taken", WH_TIME),
    COLUMN("records", "记录", "Records", WH_INTEGER),
    COLUMN("rows", "行", "Rows", WH_INTEGER),
    COLUMN("bytes", "大小（字节）", "Bytes", WH_INTEGER),
    COLUMN("new_bytes", "新增（字节）", "New bytes", WH_INTEGER),
};
static const struct wh_column backup_columns[] = {
    COLUMN("number", "编号", "Number", WH_INTEGER),
    COLUMN("taken", "时间", "Taken", WH_TIME),
    COLUMN("unit", "单位", "Unit", WH_TEXT),
    COLUMN("state", "状态", "State", WH_TEXT),
    COLUMN("records", "记录", "Records", WH_INTEGER),
    COLUMN("rows", "行", "Rows", WH_INTEGER),
    COLUMN("head", "序号", "Head", WH_INTEGER),
    COLUMN("last_day", "最后记录日期", "Last day", WH_DATE),
    COLUMN("last_write", "最后写入", "Last write", WH_TIME),
    COLUMN("bytes", "大小（字节）", "Bytes", WH_INTEGER),
};
static const struct wh_column sync_columns[] = {
    COLUMN("peer", "对方", "Peer", WH_TEXT),
    COLUMN("role", "关系", "Role", WH_TEXT),
    COLUMN("state", "状态", "State", WH_TEXT),
    COLUMN("reason", "说明", "Reason", WH_TEXT),
    COLUMN("doubts", "存疑", "Doubts", WH_INTEGER),
    COLUMN("pending", "待确认", "Pending", WH_INTEGER),
    COLUMN("cursor", "已收到", "Cursor", WH_INTEGER),
    COLUMN("last_ack", "最近确认", "Last ack", WH_TIME),
    COLUMN("rejected", "被拒", "Rejected", WH_INTEGER),
    COLUMN("skew_ms", "时钟差（毫秒）", "Skew (ms)", WH_INTEGER),
};
static const struct wh_column doubt_columns[] = {
    COLUMN("origin", "来源", "Origin", WH_TEXT),
    COLUMN("unit", "单位", "Unit", WH_TEXT),
    COLUMN("table", "表", "Table", WH_TEXT),
    COLUMN("about", "内容", "About", WH_TEXT),
    COLUMN("counter", "版本", "Version", WH_INTEGER),
    COLUMN("told_by", "由谁告知", "Told by", WH_TEXT),
};
static const struct wh_column bundle_columns[] = {
    COLUMN("file", "文件", "File", WH_TEXT),
    COLUMN("part", "份", "Part", WH_INTEGER),
    COLUMN("rows", "行", "Rows", WH_INTEGER),
    COLUMN("bytes", "字节", "Bytes", WH_INTEGER),
};
static const struct wh_column bundle_taken_columns[] = {
    COLUMN("from", "来自", "From", WH_TEXT),
    COLUMN("part", "份", "Part", WH_INTEGER),
    COLUMN("parts", "共几份", "Parts", WH_INTEGER),
    COLUMN("rows", "行", "Rows", WH_INTEGER),
};
static const struct wh_column verify_columns[] = {
    COLUMN("check", "核对", "Check", WH_TEXT),
    COLUMN("rows", "行", "Rows", WH_INTEGER),
    COLUMN("differ", "不同", "Differ", WH_INTEGER),
    COLUMN("repaired", "已修复", "Repaired", WH_INTEGER),
    COLUMN("broken", "损坏", "Broken", WH_INTEGER),
    COLUMN("refused", "不能接收", "Not to be taken", WH_INTEGER),
};
static const struct wh_column retry_columns[] = {
    COLUMN("rows", "行", "Rows", WH_INTEGER),
};

/* ---- Commands ---- */

#define NONE {NULL, 0, 0}

static const struct wh_column attach_columns[] = {{"file", {"文件", "File"}, WH_TEXT, 0}};

static const struct wh_command commands[] = {
    {"init", {"建立节点目录", "makes the home of a node"}, WH_LIST(init_params), NONE,
     WH_PERMIT_OPERATE, WH_COMMAND_LOCAL,
     "wuhao init /var/lib/wuhao --unit 231182 --name 五大连池市 --kind county --listen "
     "tcp://0.0.0.0:7420"},
    {"check-config", {"检查配置", "checks the config and touches nothing"},
     WH_LIST(check_config_params), NONE, WH_PERMIT_OPERATE, WH_COMMAND_LOCAL,
     "wuhao check-config /var/lib/wuhao"},
    {"invite", {"邀请下级加入", "prints a token with which a child joins, once"},
     WH_LIST(invite_params), WH_LIST(token_columns), WH_PERMIT_OPERATE, WH_COMMAND_STOPPED,
     "wuhao invite 231182108 --ttl 7d"},
    {"join", {"加入上级", "joins the parent that gave the token"}, WH_LIST(join_params), NONE,
     WH_PERMIT_OPERATE, WH_COMMAND_STOPPED, "wuhao join WH1-..."},
    {"revoke", {"撤回下级的成员资格", "takes a member's right to sync back"},
     WH_LIST(revoke_params), NONE, WH_PERMIT_OPERATE, 0, "wuhao revoke 231182108"},
    {"members", {"列出成员", "lists the nodes below"}, NONE, WH_LIST(member_columns),
     WH_PERMIT_READ, 0, "wuhao members"},
    {"programme check", {"检查方案", "checks a programme whole and changes nothing"},
     WH_LIST(programme_file_params), NONE, WH_PERMIT_READ, WH_COMMAND_LOCAL,
     "wuhao programme check programme.yaml"},
    {"programme issue", {"发布方案", "issues a programme to all nodes below (root only)"},
     WH_LIST(programme_file_params), WH_LIST(issue_columns), WH_PERMIT_OPERATE, 0,
     "wuhao programme issue programme.yaml"},
    {"programme show", {"显示方案", "shows the issues of the programme"},
     WH_LIST(programme_show_params), WH_LIST(programme_columns), WH_PERMIT_READ, 0,
     "wuhao programme show --year 2026"},
    {"unit import", {"导入组织树", "imports the tree of units"}, WH_LIST(unit_import_params),
     WH_LIST(unit_import_columns), WH_PERMIT_OPERATE, 0, "wuhao unit import units.csv --dry-run"},
    {"unit list", {"列出组织", "lists units"}, WH_LIST(unit_list_params), WH_LIST(unit_columns),
     WH_PERMIT_READ, 0, "wuhao unit list --under 231182 --level township"},
    {"unit show", {"显示组织", "shows one unit"}, WH_LIST(unit_show_params), WH_LIST(unit_columns),
     WH_PERMIT_READ, 0, "wuhao unit show 231182108"},
    {"unit tree", {"显示组织树", "draws the tree of units"}, NONE, WH_LIST(tree_columns),
     WH_PERMIT_READ, 0, "wuhao unit tree"},
    {"kinds", {"列出记录类型", "lists the kinds of records"}, NONE, WH_LIST(kinds_columns),
     WH_PERMIT_READ, 0, "wuhao kinds"},
    {"kind", {"显示记录类型的字段", "shows the fields of a kind"}, WH_LIST(kind_params),
     WH_LIST(kind_columns), WH_PERMIT_READ, 0, "wuhao kind meeting"},
    {"template", {"空白导入表", "prints an empty CSV to fill in"}, WH_LIST(kind_params), NONE,
     WH_PERMIT_READ, WH_COMMAND_CSV, "wuhao template meeting > meeting.csv"},
    {"add", {"登记记录", "adds a record and prints its id"}, WH_LIST(add_params),
     WH_LIST(id_columns), WH_PERMIT_WRITE, 0,
     "wuhao add meeting --unit 231182108 date=2026-03-02 purpose=study subject=学习会 attended=9"},
    {"edit", {"修改记录", "changes fields of a record; the former version is kept"},
     WH_LIST(edit_params), NONE, WH_PERMIT_WRITE, 0,
     "wuhao edit 01JC5V3K8E0000000000A0BC1D attended=10"},
    {"withdraw", {"撤销记录", "takes a record out of force; it is kept"}, WH_LIST(withdraw_params),
     NONE, WH_PERMIT_WRITE, 0,
     "wuhao withdraw 01JC5V3K8E0000000000A0BC1D --why 重复登记"},
    {"import", {"导入记录", "imports records from a CSV file, all or nothing"},
     WH_LIST(import_params), WH_LIST(import_columns), WH_PERMIT_WRITE, 0,
     "wuhao import meeting meetings.csv --dry-run"},
    {"list", {"列出记录", "lists records of a kind"}, WH_LIST(list_params), NONE, WH_PERMIT_READ,
     0, "wuhao list meeting --unit 231182108 --from 2026-01-01"},
    {"show", {"显示记录", "shows one record"}, WH_LIST(id_params), NONE, WH_PERMIT_READ, 0,
     "wuhao show 01JC5V3K8E0000000000A0BC1D"},
    {"attach", {"附上文件", "keeps a file in a record; it stays on this node"},
     WH_LIST(attach_params), WH_LIST(attach_columns), WH_PERMIT_WRITE, 0,
     "wuhao attach 01JC5V3K8E0000000000A0BC1D document plan.pdf"},
    {"file", {"取出文件", "writes a record's file into a folder"}, WH_LIST(file_params), NONE,
     WH_PERMIT_READ, 0, "wuhao file 01JC5V3K8E0000000000A0BC1D document --out ."},
    {"history", {"显示记录的各个版本", "shows every version of a record"}, WH_LIST(id_params), NONE,
     WH_PERMIT_READ, 0, "wuhao history 01JC5V3K8E0000000000A0BC1D"},
    {"export", {"导出记录", "prints current records as the CSV that import reads"},
     WH_LIST(list_params), NONE, WH_PERMIT_READ, WH_COMMAND_CSV, "wuhao export meeting > out.csv"},
    {"metrics", {"显示指标", "shows the metrics of a unit, row by row"}, WH_LIST(metrics_params),
     WH_LIST(metric_columns), WH_PERMIT_READ, 0, "wuhao metrics --unit 231182108 --year 2026"},
    {"plugin new", {"新建插件（C 或 C++，含测试）", "writes a new plugin with its test: ./NAME"},
     WH_LIST(plugin_new_params), WH_LIST(plugin_new_columns), WH_PERMIT_OPERATE, WH_COMMAND_LOCAL,
     "wuhao plugin new visits --lang c"},
    {"plugin test", {"测试插件（不需要节点）", "tries a plugin out against a scenario, without a node"},
     WH_LIST(plugin_test_params), WH_LIST(plugin_test_columns), WH_PERMIT_OPERATE,
     WH_COMMAND_LOCAL, "wuhao plugin test visits.so scenario.yaml"},
    {"commands", {"列出插件提供的命令", "lists the commands that plugins add"}, NONE,
     WH_LIST(commands_columns),
     WH_PERMIT_READ, 0, "wuhao commands"},
    {"plugin list", {"列出插件", "lists plugins and their state"}, NONE, WH_LIST(plugin_columns),
     WH_PERMIT_READ, 0, "wuhao plugin list"},
    {"plugin show", {"显示插件", "shows what a plugin declares"}, WH_LIST(plugin_show_params),
     WH_LIST(plugin_show_columns), WH_PERMIT_READ, 0, "wuhao plugin show ledger"},
    {"plugin enable", {"启用插件", "turns a plugin on, now and at each start"},
     WH_LIST(plugin_enable_params), WH_LIST(plugin_columns), WH_PERMIT_OPERATE,
     WH_COMMAND_STOPPED, "wuhao plugin enable ./visits.so"},
    {"plugin disable", {"停用插件（数据保留）", "turns a plugin off; its records and metrics stay"},
     WH_LIST(plugin_show_params), WH_LIST(plugin_columns), WH_PERMIT_OPERATE,
     WH_COMMAND_STOPPED, "wuhao plugin disable visits"},
    {"plugin reload", {"重新载入插件文件", "takes a plugin's file anew; its kinds are measured again"},
     WH_LIST(plugin_show_params), WH_LIST(plugin_columns), WH_PERMIT_OPERATE, 0,
     "wuhao plugin reload visits"},
    {"plugin run", {"立即执行插件的任务", "runs a job of a plugin now"}, WH_LIST(plugin_run_params), NONE,
     WH_PERMIT_OPERATE, WH_COMMAND_ASIDE, "wuhao plugin run visits check"},
    {"notices", {"列出通知", "lists what somebody should know or do"}, NONE, WH_LIST(notice_columns),
     WH_PERMIT_READ, 0, "wuhao notices"},
    {"status", {"节点状态", "shows how the node is"}, NONE, WH_LIST(status_columns),
     WH_PERMIT_READ, 0, "wuhao status"},
    {"sync status", {"链路状态", "shows each link and what it waits for"}, NONE,
     WH_LIST(sync_columns), WH_PERMIT_READ, 0, "wuhao sync status"},
    {"sync now", {"立即同步", "tries to reach the parent now"}, NONE, NONE, WH_PERMIT_OPERATE, 0,
     "wuhao sync now"},
    {"sync retry", {"重新发送被拒的行", "offers rows again that a neighbour refused"}, NONE,
     WH_LIST(retry_columns), WH_PERMIT_OPERATE, 0, "wuhao sync retry"},
    {"sync verify", {"核对并修复：索引、与上级的一致", "compares with the parent and repairs what differs"},
     NONE, WH_LIST(verify_columns), WH_PERMIT_OPERATE, WH_COMMAND_PATIENT, "wuhao sync verify"},
    {"sync doubts", {"列出存疑的内容", "lists rows that a copy or a lost state of a home has written"},
     NONE, WH_LIST(doubt_columns), WH_PERMIT_READ, 0, "wuhao sync doubts"},
    {"sync resolve", {"解决存疑", "settles the doubts about this node's rows"},
     WH_LIST(resolve_params), WH_LIST(retry_columns), WH_PERMIT_OPERATE, 0,
     "wuhao sync resolve --mine"},
    {"bundle export", {"把待发内容写成文件（无网络时用）",
                       "writes what a neighbour lacks into files to carry"},
     WH_LIST(bundle_export_params), WH_LIST(bundle_columns), WH_PERMIT_OPERATE, 0,
     "wuhao bundle export /media/stick/up.whb --max-size 1M"},
    {"bundle import", {"导入带来的文件，并写出答复", "takes in a file that was carried, and writes its answer"},
     WH_LIST(bundle_import_params), WH_LIST(bundle_taken_columns), WH_PERMIT_OPERATE, 0,
     "wuhao bundle import /media/stick/up.whb"},
    {"wait", {"等待", "waits until the node serves, or is synced"}, WH_LIST(wait_params), NONE,
     WH_PERMIT_READ, WH_COMMAND_PATIENT, "wuhao wait --synced --timeout 60"},
    {"backup create", {"备份", "adds a backup of the whole home to a folder, while the node serves"},
     WH_LIST(backup_params), WH_LIST(backup_create_columns), WH_PERMIT_OPERATE,
     WH_COMMAND_STOPPED | WH_COMMAND_ASIDE, "wuhao backup create /backup/wuhao"},
    {"backup list", {"列出备份", "lists the backups in a folder"}, WH_LIST(backup_params),
     WH_LIST(backup_columns), WH_PERMIT_OPERATE, WH_COMMAND_LOCAL,
     "wuhao backup list /backup/wuhao"},
    {"backup verify", {"检查备份", "checks every byte of the backups in a folder"},
     WH_LIST(backup_verify_params), WH_LIST(backup_columns), WH_PERMIT_OPERATE, WH_COMMAND_LOCAL,
     "wuhao backup verify /backup/wuhao"},
    {"restore", {"从备份恢复", "makes a home from a backup"}, WH_LIST(restore_params),
     WH_LIST(backup_columns), WH_PERMIT_OPERATE, WH_COMMAND_LOCAL,
     "wuhao restore /backup/wuhao --into /var/lib/wuhao"},
};

/* clang-format on */

#define COMMANDS_COUNT (sizeof(commands) / sizeof(commands[0]))

const struct wh_command *wh_command_at(uint32_t i)
{
    return i < COMMANDS_COUNT ? &commands[i] : NULL;
}

const struct wh_command *wh_command_named(struct wh_span name)
{
    for (size_t i = 0; i < COMMANDS_COUNT; i++) {
        if (wh_span_equal(name, wh_span_of(commands[i].name))) return &commands[i];
    }
    return NULL;
}

bool wh_command_begins_so(struct wh_span word)
{
    for (size_t i = 0; i < COMMANDS_COUNT; i++) {
        struct wh_span name = wh_span_of(commands[i].name);
        if (!wh_span_starts(name, word)) continue;
        if (name.len == word.len || name.data[word.len] == ' ') return true;
    }
    return false;
}
