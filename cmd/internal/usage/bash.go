package usage

import (
	"fmt"
	"strings"
)

// bash writes a table, and a function that works out which of its rows is asked
// for. It needs bash alone, without bash-completion.
func bash(p *Program) string {
	var table strings.Builder
	for _, place := range p.places() {
		takes := append([]string{string(place.value.Kind)}, place.value.Words...)
		fmt.Fprintf(&table, "\t%s) takes=(%s) ;;\n", quoteAll(place.keys, bashPattern, " | "), strings.Join(takes, " "))
	}
	return bashHead + table.String() + bashTail
}

func bashPattern(key string) string {
	if before, ok := strings.CutSuffix(key, "*"); ok {
		return "'" + before + "'*"
	}
	return "'" + key + "'"
}

const bashHead = `# shellcheck shell=bash
# The completion of portreg for bash.

# Sets takes to what is taken there: its kind, and the words that can be offered.
_portreg_takes() {
	case $1 in
`

const bashTail = `	*) takes=() ;;
	esac
}

_portreg() {
	# bash divides words at the characters of COMP_WORDBREAKS too; portreg at blanks only.
	local line=${COMP_LINE:0:COMP_POINT} words=() n=-1 i piece rest
	for ((i = 0; i <= COMP_CWORD; i++)); do
		piece=${COMP_WORDS[i]}
		rest=${line#"${line%%[![:blank:]]*}"}
		if ((i == COMP_CWORD)); then
			piece=$rest
		fi
		if ((n < 0)) || [[ $rest != "$line" ]]; then
			n=$((n + 1))
			words[n]=
		fi
		words[n]+=$piece
		line=${rest#"$piece"}
	done

	local command='' flag='' flags=yes count=1 word takes=()
	for ((i = 1; i < n; i++)); do
		word=${words[i]}
		if [[ $flag ]]; then
			flag=
		elif [[ $flags && $word == -- ]]; then
			flags=
		elif [[ $flags && $word == -?* ]]; then
			_portreg_takes "$command $word"
			[[ ! ${takes[0]} ]] || flag=$word
		elif [[ ! $command ]]; then
			command=$word
		else
			count=$((count + 1))
		fi
	done

	local value=${words[n]} before=
	if [[ $flag ]]; then
		_portreg_takes "$command $flag"
	elif [[ $flags && $value == --*=* ]]; then
		_portreg_takes "$command ${value%%=*}"
		# Without = in it, the flag is part of the word that is replaced.
		[[ $COMP_WORDBREAKS == *=* ]] || before=${value%%=*}=
		value=${value#*=}
	elif [[ $flags && $value == -* ]]; then
		_portreg_takes "$command flags"
	else
		_portreg_takes "$command argument $count"
	fi
	COMPREPLY=()
	for word in "${takes[@]:1}"; do
		[[ $word != "$value"* ]] || COMPREPLY+=("$before$word")
	done
	# bash itself knows best how to complete the name of a file.
	[[ ${takes[0]} == files ]] || compopt +o default 2>/dev/null
}

complete -o default -F _portreg portreg
`
