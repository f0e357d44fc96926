# Completes the lines on standard input.
source $SCRIPT
while read -l line
    echo "line $line" >>$ANSWERS
    complete -C "$line" | string replace -r '^' 'word ' >>$ANSWERS
end
exit 0
