/* A stand-in for findstr, which Wine has without regular expressions, as answer
 * files call it: findstr /r /c:PATTERN with lines on standard input. Of a pattern it
 * knows what findstr's reference says of x* (no or more x) and \x (x itself); any
 * other call, or character with a meaning, is status 99. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int _dowildcard = 0; /* of mingw: leave * in arguments alone */

static int match(const char *p, const char *text)
{
	if (!*p)
		return 1;
	size_t one = *p == '\\' && p[1] ? 2 : 1;
	char c = p[one - 1];
	if (p[one] != '*')
		return *text && *text == c && match(p + one, text + 1);
	for (;; text++) {
		if (match(p + one + 1, text))
			return 1;
		if (!*text || *text != c)
			return 0;
	}
}

int main(int argc, char **argv)
{
	static char line[1024];
	if (argc != 3 || strcmp(argv[1], "/r") || strncmp(argv[2], "/c:", 3) || strpbrk(argv[2], ".^$[]<>"))
		return 99;
	int found = 0;
	while (fgets(line, sizeof line, stdin)) {
		for (const char *text = line; *text; text++)
			if (match(argv[2] + 3, text)) {
				fputs(line, stdout);
				found = 1;
				break;
			}
	}
	return !found;
}
