#!/usr/bin/env bash
# What the action does once portreg is on the PATH; INPUT_FILES, INPUT_TARGET,
# INPUT_FAIL_ON, INPUT_CHECK and BASE are its inputs. All is looked at before it fails.
set -euo pipefail

matcher=$(dirname "$0")/../../portreg-matcher.json
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
failed=false
changed=false
files=()   # that git has
changes=() # that are not as they were at BASE

# fail TITLE TEXT
fail() {
	annotate error "$@"
	failed=true
}

# annotate KIND TITLE TEXT
annotate() {
	local text=${3//'%'/%25}
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

# lint annotates the findings; the matcher annotates what cannot be read at all.
lint() {
	[ ${#files[@]} -gt 0 ] || return 0
	portreg lint -f github --fail-on "$INPUT_FAIL_ON" ${INPUT_TARGET:+-t "$INPUT_TARGET"} -- "${files[@]}" 2>"$tmp/err" || failed=true
	echo "::add-matcher::$matcher"
	cat "$tmp/err"
	echo "::remove-matcher::$matcher"
}

# compare FILE puts into the summary what changes in it.
compare() {
	local old=$BASE:$1 new=$1 status=0
	git cat-file -e "$old" 2>/dev/null || old=/dev/null
	[ -e "$new" ] || new=/dev/null
	if [ "$old" != /dev/null ] && [ -e "$old" ]; then
		fail "portreg diff" "There is a file that has the name of a commit."
		return
	fi
	portreg diff -f markdown -- "$old" "$new" >"$tmp/diff" 2>"$tmp/err" || status=$?
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
	fail "portreg gen --check" "$1: the log of this step says what differs."
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
lint
for file in ${changes[@]+"${changes[@]}"}; do
	compare "$file"
done
while IFS= read -r arguments; do
	[ -z "$arguments" ] || check "$arguments"
done <<<"$INPUT_CHECK"
cat "$tmp/summary" "$tmp/more" >>"$GITHUB_STEP_SUMMARY"
echo "changed=$changed" >>"$GITHUB_OUTPUT"
! $failed
