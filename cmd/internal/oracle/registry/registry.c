/* Puts values into the registry and says what is in it, by the functions of
 * Windows and not by way of .reg files:
 *
 *   registry set KEY FILE    registry list KEY FILE
 *
 * KEY is below HKEY_LOCAL_MACHINE. FILE is a row of entries, an entry a key or a
 * value: four numbers of 32 bits, little-endian, which are the bytes of the path
 * from KEY on and of the value's name, the type and the bytes of the data; then
 * path, name and data. Path and name are UTF-16LE. A key's entry has NONE for the
 * bytes of the name. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include <windows.h>

#define NONE 0xFFFFFFFF
enum { PATH = 4096, NAME = 32768, DATA = 1 << 20 };

typedef struct {
	DWORD path, name, type, data;
} sizes;

static WCHAR name[NAME];
static BYTE data[DATA];
static FILE *file;

static void check(LONG status, const char *what)
{
	if (status == ERROR_SUCCESS)
		return;
	fprintf(stderr, "registry: %s: error %ld\n", what, status);
	exit(1);
}

static void take(void *to, DWORD n, DWORD room)
{
	if (n > room || fread(to, 1, n, file) != n)
		check(ERROR_BAD_LENGTH, "entry");
}

static void set(HKEY top)
{
	sizes n;
	while (fread(&n, sizeof n, 1, file) == 1) {
		WCHAR path[PATH] = {0};
		HKEY key;
		memset(name, 0, sizeof name);
		take(path, n.path, sizeof path - 2);
		if (n.name != NONE)
			take(name, n.name, sizeof name - 2);
		take(data, n.data, sizeof data - 2);
		memset(data + n.data, 0, 2); /* RegSetValueEx looks there for the NUL */
		check(RegCreateKeyExW(top, path, 0, NULL, 0, KEY_ALL_ACCESS, NULL, &key, NULL), "create");
		if (n.name != NONE)
			check(RegSetValueExW(key, name, 0, n.type, data, n.data), "set");
		RegCloseKey(key);
	}
}

static void put(const WCHAR *path, sizes n)
{
	fwrite(&n, sizeof n, 1, file);
	fwrite(path, 1, n.path, file);
	if (n.name != NONE)
		fwrite(name, 1, n.name, file);
	fwrite(data, 1, n.data, file);
}

static void list(HKEY top, const WCHAR *path)
{
	HKEY key;
	DWORD units = NAME, i;
	sizes n = {wcslen(path) * sizeof *path, NONE, 0, 0};
	check(RegOpenKeyExW(top, path, 0, KEY_READ, &key), "open");
	put(path, n);
	n.data = DATA;
	for (i = 0; RegEnumValueW(key, i, name, &units, NULL, &n.type, data, &n.data) == ERROR_SUCCESS; i++) {
		n.name = units * sizeof *name;
		put(path, n);
		units = NAME, n.data = DATA;
	}
	units = NAME;
	for (i = 0; RegEnumKeyExW(key, i, name, &units, NULL, NULL, NULL, NULL) == ERROR_SUCCESS; i++) {
		WCHAR sub[PATH];
		if (swprintf(sub, PATH, L"%ls%ls%ls", path, *path ? L"\\" : L"", name) < 0)
			check(ERROR_BAD_LENGTH, "path");
		list(top, sub);
		units = NAME;
	}
	RegCloseKey(key);
}

int main(int argc, char **argv)
{
	HKEY top;
	int setting = argc == 4 && !strcmp(argv[1], "set");
	if (argc != 4 || !(file = fopen(argv[3], setting ? "rb" : "wb")))
		check(ERROR_BAD_ARGUMENTS, "arguments");
	check(RegCreateKeyExA(HKEY_LOCAL_MACHINE, argv[2], 0, NULL, 0, KEY_ALL_ACCESS, NULL, &top, NULL), "KEY");
	if (setting)
		set(top);
	else
		list(top, L"");
	return fclose(file);
}
