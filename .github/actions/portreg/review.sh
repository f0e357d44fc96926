#!/usr/bin/env bash
# What the action does once portreg is on the PATH; INPUT_FILES, INPUT_TARGET,
# INPUT_FAIL_ON, INPUT_CHECK and BASE are its inputs. All is looked at before it fails.
# GitHub keeps the first ten annotations of a severity, of all steps of an action taken
# together (actions/runner, ExecutionContext.cs): what each part may say is bounded, and
# the findings, which can be many, come last.
set -euo pipefail

matcher=$(dirname "$0")/../../portreg-matcher.json
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=false
changed=false
files=()   # that git has
changes=() # that are not as they were at BASE
stale=()   # lines of INPUT_CHECK
target=(${INPUT_TARGET:+-t "$INPUT_TARGET"})
annotated=() # the kinds of the annotations so far

# fail TITLE TEXT
fail() {
	annotate error "$@"
	failed=true
}

# annotate KIND TITLE TEXT
annotate() {
	local text=${3//'%'/%25}
	annotated+=("::$1")
	text=${text//$'\r'/%0D}
	echo "::$1 title=$2::${text//$'\n'/%0A}"
}

# quote FILE prints it as Markdown that cannot end before it does.
quote() {
	echo
	sed 's/^/    /' "$1"
	echo
}

# find_base makes BASE a commit that is there, or empty.
find_base() {
	case $BASE in
	*[!0]*) ;;
	*) BASE='' ;; # there is none, as for a new branch
	esac
	[ -n "$BASE" ] || return 0
	git rev-parse --quiet --verify --end-of-options "$BASE^{commit}" >/dev/null ||
		git fetch --quiet --no-tags --depth=1 origin -- "$BASE" || true
	if ! BASE=$(git rev-parse --quiet --verify --end-of-options "$BASE^{commit}"); then
		annotate warning "portreg diff" "The commit to compare with is not there; check out with fetch-depth: 0."
	fi
}

find_files() {
	local spec specs=() file
	while IFS= read -r spec; do
		[ -z "$spec" ] || specs+=("$spec")
	done <<<"$INPUT_FILES"
	if [ ${#specs[@]} = 0 ]; then
		fail portreg "The input files is empty."
		return
	fi
	git ls-files -z -- "${specs[@]}" >"$tmp/files"
	while IFS= read -r -d '' file; do
		[ "$file" != - ] || file=./-
		files+=("$file")
	done <"$tmp/files"
	if [ ${#files[@]} = 0 ]; then
		fail portreg "git has no file that the input files names."
	fi
	[ -n "$BASE" ] || return 0
	git diff --name-only --no-renames -z "$BASE" -- "${specs[@]}" >"$tmp/files"
	while IFS= read -r -d '' file; do
		[ "$file" != - ] || file=./-
		changes+=("$file")
	done <"$tmp/files"
}

# lint annotates the findings or, where there is what cannot be read, the first of these
# messages by the matcher.
lint() {
	local status=0 lines=5
	[ ${#files[@]} -gt 0 ] || return 0
	portreg lint -f github --fail-on "$INPUT_FAIL_ON" ${target[@]+"${target[@]}"} -- "${files[@]}" >"$tmp/out" 2>"$tmp/err" || status=$?
	[ "$status" = 0 ] || failed=true
	if [ "$status" -gt 1 ]; then
		fail "portreg lint" "There is what cannot be read; the log of this step has all messages."
		echo "::add-matcher::$matcher"
		head -n "$lines" "$tmp/err"
		echo "::remove-matcher::$matcher"
		tail -n +$((lines + 1)) "$tmp/err"
	else
		cat "$tmp/err"
		limit "$tmp/out"
	fi
}

# limit FILE prints a file of annotations. Those above ten of a severity, with those that
# are there already, are no more than text.
limit() {
	awk -v annotated="${annotated[*]-}" '
		BEGIN {
			left["::error"] = left["::warning"] = left["::notice"] = 10
			n = split(annotated, kinds, " ")
			for (i = 1; i <= n; i++) left[kinds[i]]--
		}
		NR == FNR { all[$1]++; next }
		$1 in left && all[$1] > left[$1] {
			if (++seen[$1] > left[$1]) sub(/^::/, "")
			else if (seen[$1] == left[$1]) $0 = $0 "%0AThe log of this step has more."
		}
		{ print }' "$1" "$1"
}

# compare FILE puts into the summary what changes in it; it fails where it cannot tell.
compare() {
	local old=$BASE:$1 new=$1 status=0
	git cat-file -e "$old" 2>/dev/null || old=/dev/null
	[ -e "$new" ] || new=/dev/null
	if [ "$old" != /dev/null ] && [ -e "$old" ]; then
		fail "portreg diff" "There is a file that has the name of a commit."
		return 1
	fi
	portreg diff -f markdown ${target[@]+"${target[@]}"} -- "$old" "$new" >"$tmp/diff" 2>"$tmp/err" || status=$?
	cat "$tmp/err"
	case $status in
	0) ;;
	1) changed=true && summarise <"$tmp/diff" ;;
	*) quote "$tmp/err" | summarise ;;
	esac
}

# check ARGUMENTS
check() {
	xargs portreg gen --check <<<"$1" >"$tmp/out" 2>&1 && return
	cat "$tmp/out"
	stale+=("$1")
	echo "$1" >"$tmp/arguments"
	{
		echo "Not up to date:"
		quote "$tmp/arguments"
		quote "$tmp/out"
	} | summarise
}

# summarise adds standard input to the summary while that stays below the 1 MiB
# that GitHub shows of a step.
summarise() {
	{
		echo
		cat
	} >"$tmp/part"
	if [ $(($(wc -c <"$tmp/summary") + $(wc -c <"$tmp/part"))) -lt 1000000 ]; then
		cat "$tmp/part" >>"$tmp/summary"
	else
		echo "There is more than GitHub shows here; see the log of this step." >"$tmp/more"
		cat "$tmp/part"
	fi
}

touch "$tmp/summary" "$tmp/more"
find_base
find_files
for file in ${changes[@]+"${changes[@]}"}; do
	compare "$file" || break
done
while IFS= read -r arguments; do
	[ -z "$arguments" ] || check "$arguments"
done <<<"$INPUT_CHECK"
if [ ${#stale[@]} -gt 0 ]; then
	fail "portreg gen --check" "$(printf '%s\n' "${stale[@]}")"$'\n'"The log of this step says what differs."
fi
lint
cat "$tmp/summary" "$tmp/more" >>"$GITHUB_STEP_SUMMARY"
echo "changed=$changed" >>"$GITHUB_OUTPUT"
! $failed
