/* A stand-in for the programs of Windows that portreg's scripts call: netsh,
 * net, sc, reg, fltmc and icacls, told apart by the name it is started by. It
 * is portable C, for Wine and for Linux.
 *
 * The environment variable STANDIN names a text file that is the machine. The
 * program reads it, changes it as the call says, and appends a line to the file
 * beside it whose name ends in .log: the status, UNKNOWN if a call is none that
 * the stand-in knows, the program, its arguments. The machine's lines:
 *
 *   elevated 1                 0: add, delete, set, stop and start are refused
 *   service running            WinNAT's; stopped, or absent
 *   exclude tcp 50000 50059    an administered row (with *)
 *   runtime tcp 5357 5357      a row without *
 *   winnat tcp 58000 58099     such a row while WinNAT runs; when it starts, its
 *                              rows move up to where nothing is in their way
 *   busy tcp 8080 8080         ports that a program has open
 *   dynamic ipv4 tcp 1024 64511   first port, number of ports
 *   strict 1                   the dynamic range starts at 1025 at the lowest
 *   fault add 3 refuse         the third add is refused; VERB N KIND, where N may
 *                              be * and KIND "silent": it prints and does nothing,
 *                              with status 0
 *   after delete 1 busy tcp 80 80   once the first delete is done, this line joins
 *   text KEY TEXT              what is printed, in the bytes of a code page
 *   layout KEY N               indent of tables, trailing blanks, lf line ends
 *   count add 2                how many add were tried; written by the stand-in
 *
 * The rules are those of CreatePersistentTcpPortReservation and KB 929851, the
 * tables those of real captures. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef _WIN32
#include <fcntl.h>
#include <io.h>
int _dowildcard = 0; /* of mingw: leave * in arguments alone */
#endif

enum { LINES = 4096, LENGTH = 512 };

static char lines[LINES][LENGTH];
static int count;
static int unknown;

static void fail(const char *what)
{
	fprintf(stderr, "standin: %s\n", what);
	exit(99);
}

/* The machine's lines. */

static FILE *open_file(const char *suffix, const char *mode)
{
	char path[LENGTH];
	const char *name = getenv("STANDIN");
	if (!name || strlen(name) + strlen(suffix) >= sizeof path)
		fail("STANDIN names no file");
	strcat(strcpy(path, name), suffix);
	FILE *f = fopen(path, mode);
	if (!f)
		fail(path);
	return f;
}

static void append(const char *line)
{
	if (count == LINES || strlen(line) >= LENGTH)
		fail("the machine is too large");
	strcpy(lines[count++], line);
}

static void delete_line(int i)
{
	count--;
	memmove(lines[i], lines[i + 1], (count - i) * sizeof lines[0]);
}

static void load(void)
{
	char line[LENGTH];
	FILE *f = open_file("", "rb");
	while (fgets(line, sizeof line, f)) {
		line[strcspn(line, "\r\n")] = 0;
		append(line);
	}
	fclose(f);
}

static void save(void)
{
	FILE *f = open_file("", "wb");
	for (int i = 0; i < count; i++)
		fprintf(f, "%s\n", lines[i]);
	if (fclose(f))
		fail("cannot write the machine");
}

/* What follows "KEY " in the first line that starts so, or NULL. */
static const char *setting(const char *key)
{
	size_t n = strlen(key);
	for (int i = 0; i < count; i++)
		if (!strncmp(lines[i], key, n) && lines[i][n] == ' ')
			return lines[i] + n + 1;
	return NULL;
}

static int numeral(const char *key)
{
	const char *s = setting(key);
	return s ? atoi(s) : 0;
}

static void set(const char *key, const char *value)
{
	char line[LENGTH];
	snprintf(line, sizeof line, "%s %s", key, value);
	char *old = (char *)setting(key);
	if (old)
		strcpy(old - strlen(key) - 1, line);
	else
		append(line);
}

static int service_is(const char *state)
{
	const char *s = setting("service");
	return s && !strcmp(s, state);
}

/* Rows: the lines exclude, runtime, winnat and busy. */

struct row {
	char kind[16], proto[8];
	int first, last;
};

static int as_row(int i, struct row *r)
{
	return sscanf(lines[i], "%15s %7s %d %d", r->kind, r->proto, &r->first, &r->last) == 4;
}

static int stopped(const struct row *r) { return !strcmp(r->kind, "winnat") && !service_is("running"); }

/* The line of a row that has a port of the block, or -1. */
static int overlap(const char *proto, int first, int last)
{
	struct row r;
	for (int i = 0; i < count; i++)
		if (as_row(i, &r) && !stopped(&r) && !strcmp(r.proto, proto) && r.first <= last && first <= r.last)
			return i;
	return -1;
}

/* Faults. */

/* How the fault for this call of the verb is called, or NULL. Counts the call. */
static const char *fault(const char *verb)
{
	static char kind[16];
	char key[32], number[16], v[16], n[16];
	snprintf(key, sizeof key, "count %s", verb);
	snprintf(number, sizeof number, "%d", numeral(key) + 1);
	set(key, number);
	for (int i = 0; i < count; i++)
		if (sscanf(lines[i], "fault %15s %15s %15s", v, n, kind) == 3 && !strcmp(v, verb) &&
		    (!strcmp(n, "*") || !strcmp(n, number)))
			return kind;
	return NULL;
}

/* Lets lines join the machine that do so after this call of the verb. */
static void aftermath(const char *verb)
{
	char prefix[64], key[32], line[LENGTH];
	snprintf(key, sizeof key, "count %s", verb);
	snprintf(prefix, sizeof prefix, "after %s %d ", verb, numeral(key));
	for (int i = 0; i < count; i++)
		if (!strncmp(lines[i], prefix, strlen(prefix))) {
			strcpy(line, lines[i] + strlen(prefix));
			append(line);
			delete_line(i--);
		}
}

/* Output. */

static void newline(void) { fputs(numeral("layout lf") ? "\n" : "\r\n", stdout); }

static void blanks(int n) { printf("%*s", n, ""); }

static void print(const char *text)
{
	if (*text)
		blanks(numeral("layout indent"));
	fputs(text, stdout);
	newline();
}

/* Prints the text of the key, the protocol in place of its %. */
static void say_of(const char *key, const char *proto)
{
	char name[32], line[LENGTH];
	snprintf(name, sizeof name, "text %s", key);
	const char *text = setting(name);
	if (!text)
		return;
	const char *mark = strchr(text, '%');
	int before = mark ? (int)(mark - text) : (int)strlen(text);
	snprintf(line, sizeof line, "%.*s%s%s", before, text, mark ? proto : "", mark ? mark + 1 : "");
	print(line);
}

static void say(const char *key) { say_of(key, ""); }

static void heading(const char *key)
{
	blanks(numeral("layout indent"));
	fputs(setting(key), stdout);
	blanks(numeral("layout trailing"));
	newline();
}

/* What a call that has done nothing ends with. */
static int refuse(const char *key)
{
	say(key);
	print("");
	return 1;
}

static int accept(const char *verb)
{
	aftermath(verb);
	say("ok");
	print("");
	return 0;
}

static int unknown_call(void)
{
	unknown = 1;
	return refuse("unknown");
}

/* Refuses or ignores the call if the machine says so; 0 lets it go on. */
static int faulty(const char *verb, int *status)
{
	const char *kind = fault(verb);
	if (!kind)
		return 0;
	*status = strcmp(kind, "silent") ? refuse("sharing") : 0;
	if (!strcmp(kind, "silent"))
		aftermath(verb);
	return 1;
}

/* netsh */

struct arguments {
	const char *proto, *store;
	int first, number;
};

static int by_first(const void *a, const void *b)
{
	const struct row *x = a, *y = b;
	return x->first != y->first ? (x->first > y->first) - (x->first < y->first) : x->last - y->last;
}

static int show_exclusions(struct arguments a)
{
	static struct row rows[LINES];
	int n = 0, status;
	if (faulty("show", &status))
		return status;
	for (int i = 0; i < count; i++)
		if (as_row(i, &rows[n]) && !strcmp(rows[n].proto, a.proto) && strcmp(rows[n].kind, "busy") && !stopped(&rows[n]))
			n++;
	qsort(rows, n, sizeof rows[0], by_first);
	print("");
	say_of("title", a.proto);
	print("");
	heading("text columns");
	heading("text dashes");
	for (int i = 0; i < n; i++) {
		int star = !strcmp(rows[i].kind, "exclude");
		if (!star && a.store && !strcmp(a.store, "persistent"))
			continue;
		blanks(numeral("layout indent"));
		printf("%10d  %10d", rows[i].first, rows[i].last);
		if (star)
			printf("     *");
		else
			blanks(numeral("layout trailing"));
		newline();
	}
	print("");
	say("footer");
	print("");
	aftermath("show");
	return 0;
}

static int add_exclusion(struct arguments a)
{
	int last = a.first + a.number - 1, status;
	char line[LENGTH];
	if (!numeral("elevated"))
		return refuse("elevation");
	if (faulty("add", &status))
		return status;
	if (a.first < 1 || a.number < 1 || last > 65535)
		return refuse("invalid");
	if (overlap(a.proto, a.first, last) >= 0)
		return refuse("sharing");
	snprintf(line, sizeof line, "exclude %s %d %d", a.proto, a.first, last);
	append(line);
	return accept("add");
}

static int delete_exclusion(struct arguments a)
{
	char line[LENGTH];
	int status;
	if (!numeral("elevated"))
		return refuse("elevation");
	if (faulty("delete", &status))
		return status;
	snprintf(line, sizeof line, "exclude %s %d %d", a.proto, a.first, a.first + a.number - 1);
	for (int i = 0; i < count; i++)
		if (!strcmp(lines[i], line)) {
			delete_line(i);
			return accept("delete");
		}
	return refuse("missing");
}

static int show_dynamic(const char *family, struct arguments a)
{
	char key[32], line[LENGTH];
	int first, number, status;
	if (faulty("dynamic", &status))
		return status;
	snprintf(key, sizeof key, "dynamic %s %s", family, a.proto);
	const char *range = setting(key);
	if (!range || sscanf(range, "%d %d", &first, &number) != 2)
		fail("the machine has no such dynamic range");
	print("");
	say_of("dynamic", a.proto);
	print("---------------------------------");
	snprintf(line, sizeof line, "%s%d", setting("text first"), first);
	print(line);
	snprintf(line, sizeof line, "%s%d", setting("text number"), number);
	print(line);
	print("");
	return 0;
}

static int set_dynamic(const char *family, struct arguments a)
{
	char key[32], range[32];
	int status;
	if (!numeral("elevated"))
		return refuse("elevation");
	if (faulty("set", &status))
		return status;
	if (a.first < (numeral("strict") ? 1025 : 1) || a.number < 255 || a.first + a.number - 1 > 65535)
		return refuse("invalid");
	snprintf(key, sizeof key, "dynamic %s %s", family, a.proto);
	snprintf(range, sizeof range, "%d %d", a.first, a.number);
	set(key, range);
	return accept("set");
}

/* A port or a count; -1, which no call takes, for what is none. */
static int integer(const char *s)
{
	size_t n = strspn(s, "0123456789");
	return n >= 1 && n <= 5 && !s[n] ? atoi(s) : -1;
}

static int one_of(const char *s, const char *a, const char *b) { return s && (!strcmp(s, a) || !strcmp(s, b)); }

/* Reads arguments that are named, but for the protocol if it is the first; 0 if one is
 * of another form. */
static int named(int argc, char **argv, struct arguments *a)
{
	memset(a, 0, sizeof *a);
	a->first = a->number = -2; /* not given */
	for (int i = 0; i < argc; i++) {
		char *value = strchr(argv[i], '=');
		if (!value && !i) {
			a->proto = argv[i];
			continue;
		}
		if (!value++)
			return 0;
		if (!strncmp(argv[i], "protocol=", 9))
			a->proto = value;
		else if (!strncmp(argv[i], "startport=", 10))
			a->first = integer(value);
		else if (!strncmp(argv[i], "numberofports=", 14))
			a->number = integer(value);
		else if (!strncmp(argv[i], "store=", 6))
			a->store = value;
		else
			return 0;
	}
	return one_of(a->proto, "tcp", "udp") && (!a->store || one_of(a->store, "active", "persistent"));
}

static int netsh(int argc, char **argv)
{
	struct arguments a;
	if (argc < 6 || !one_of(argv[1], "int", "interface") || !one_of(argv[2], "ipv4", "ipv6") || !named(argc - 5, argv + 5, &a))
		return unknown_call();
	int block = a.first != -2 && a.number != -2;
	int dynamic = !strcmp(argv[4], "dynamicportrange");
	if (!dynamic && strcmp(argv[4], "excludedportrange"))
		return unknown_call();
	if (!strcmp(argv[3], "show") && a.first == -2 && a.number == -2)
		return dynamic ? show_dynamic(argv[2], a) : show_exclusions(a);
	if (!strcmp(argv[3], "set") && dynamic && block)
		return set_dynamic(argv[2], a);
	if (!strcmp(argv[3], "add") && !dynamic && block)
		return add_exclusion(a);
	if (!strcmp(argv[3], "delete") && !dynamic && block)
		return delete_exclusion(a);
	return unknown_call();
}

/* net stop winnat, net start winnat */

static void move_blocks(void)
{
	struct row r;
	for (int i = 0; i < count; i++) {
		if (!as_row(i, &r) || strcmp(r.kind, "winnat"))
			continue;
		int hit, length = r.last - r.first + 1;
		strcpy(lines[i], "#");
		while ((hit = overlap(r.proto, r.first, r.first + length - 1)) >= 0) {
			struct row other;
			as_row(hit, &other);
			r.first = other.last + 1;
		}
		snprintf(lines[i], LENGTH, "winnat %s %d %d", r.proto, r.first, r.first + length - 1);
	}
}

static int net(int argc, char **argv)
{
	int status, start = argc == 3 && !strcmp(argv[1], "start");
	if (argc != 3 || !one_of(argv[1], "start", "stop") || strcmp(argv[2], "winnat"))
		return unknown_call();
	if (!numeral("elevated"))
		return refuse("denied") * 2;
	if (faulty(argv[1], &status))
		return status * 2;
	if (!service_is(start ? "stopped" : "running"))
		return refuse("service") * 2;
	if (start)
		move_blocks();
	set("service", start ? "running" : "stopped");
	return accept(argv[1]);
}

/* sc query winnat */
static int sc(int argc, char **argv)
{
	int status;
	if (argc != 3 || strcmp(argv[1], "query") || strcmp(argv[2], "winnat"))
		return unknown_call();
	if (faulty("query", &status))
		return status;
	if (!setting("service") || service_is("absent"))
		return refuse("absent") * 36; /* 1060 modulo 256 */
	print("");
	print("SERVICE_NAME: winnat ");
	print("        TYPE               : 1  KERNEL_DRIVER  ");
	say(service_is("running") ? "running" : "stopped");
	print("                                (STOPPABLE, NOT_PAUSABLE, IGNORES_SHUTDOWN)");
	print("        WIN32_EXIT_CODE    : 0  (0x0)");
	print("        SERVICE_EXIT_CODE  : 0  (0x0)");
	print("        CHECKPOINT         : 0x0");
	print("        WAIT_HINT          : 0x0");
	return 0;
}

/* reg query HKU\S-1-5-19 and fltmc: only administrators may. */

static int reg(int argc, char **argv)
{
	int status;
	if (argc != 3 || strcmp(argv[1], "query") || strcmp(argv[2], "HKU\\S-1-5-19"))
		return unknown_call();
	if (faulty("reg", &status))
		return status;
	if (!numeral("elevated"))
		return refuse("denied");
	print("");
	print("HKEY_USERS\\S-1-5-19\\Control Panel");
	print("HKEY_USERS\\S-1-5-19\\Environment");
	return 0;
}

static int fltmc(int argc)
{
	int status;
	if (argc != 1)
		return unknown_call();
	if (faulty("fltmc", &status))
		return status;
	return numeral("elevated") ? accept("fltmc") : refuse("denied");
}

/* icacls FILE ...: takes them all. */
static int icacls(int argc)
{
	int status;
	if (argc < 2)
		return unknown_call();
	return faulty("icacls", &status) ? status : accept("icacls");
}

/* Calls. */

static void log_call(int status, const char *program, int argc, char **argv)
{
	FILE *f = open_file(".log", "ab");
	fprintf(f, "%d %s%s", status, unknown ? "UNKNOWN " : "", program);
	for (int i = 1; i < argc; i++) {
		int quote = !*argv[i] || strpbrk(argv[i], " \t\"\r\n");
		fputs(quote ? " \"" : " ", f);
		for (const char *p = argv[i]; *p; p++)
			fprintf(f, iscntrl((unsigned char)*p) || *p == '"' ? "\\x%02x" : "%c", (unsigned char)*p);
		fputs(quote ? "\"" : "", f);
	}
	fputc('\n', f);
	if (fclose(f))
		fail("cannot write the log");
}

/* The program's name in lower case, without folders and .exe. */
static void base(const char *path, char *name, size_t size)
{
	size_t n = 0;
	for (const char *p = path; *p; p++)
		if (*p == '/' || *p == '\\' || *p == ':')
			path = p + 1;
	for (; path[n] && path[n] != '.' && n + 1 < size; n++)
		name[n] = (char)tolower((unsigned char)path[n]);
	name[n] = 0;
}

static int call(const char *program, int argc, char **argv)
{
	if (!strcmp(program, "netsh"))
		return netsh(argc, argv);
	if (!strcmp(program, "net"))
		return net(argc, argv);
	if (!strcmp(program, "sc"))
		return sc(argc, argv);
	if (!strcmp(program, "reg"))
		return reg(argc, argv);
	if (!strcmp(program, "fltmc"))
		return fltmc(argc);
	if (!strcmp(program, "icacls"))
		return icacls(argc);
	return unknown_call();
}

int main(int argc, char **argv)
{
	char program[32];
#ifdef _WIN32
	_setmode(_fileno(stdout), _O_BINARY);
#endif
	load();
	base(argv[0], program, sizeof program);
	int status = call(program, argc, argv);
	save();
	log_call(status, program, argc, argv);
	return status;
}
