# Reads what `teq simulate` has printed, and says what was executed, reversed, repeated; exits 1 where something is wrong.
# A purchase is known by its terminal and its number (DE 41 and 37).

function element(number,    at) {
    for (at = 4; at <= NF; at++) if (index($at, number "=") == 1) return substr($at, length(number) + 2)
    return ""
}

$2 == "<-" || $2 == "->" {
    mti = $3
    name = element("41") "/" element("37")
}

$2 == "<-" && mti == "0200" { if (purchases[name]++) twice++; total++ }
$2 == "->" && mti == "0210" { answered[name] = 1; answers++ }

# The number of a reversal (DE 11) tells one chain from another.
$2 == "<-" && (mti == "0420" || mti == "0421") {
    if (mti == "0420") unmarked[name]++
    if (mti == "0421") repeats++
    if (name in chain && chain[name] != element("11")) chains++
    chain[name] = element("11")
}

END {
    for (name in unmarked) if (unmarked[name] > 1) again++
    for (name in chain) { reversed++; if (name in answered) undelivered++; if (!(name in purchases)) unknown++ }
    for (name in purchases) if (!(name in answered) && !(name in chain)) open++
    printf "purchases at the host            %d\n", total
    printf "  answered                       %d\n", answers
    printf "  executed twice                 %d\n", twice
    printf "  open where a node was killed   %d\n", open
    printf "reversals at the host            %d\n", reversed
    printf "  sent again, marked (0421)      %d\n", repeats
    printf "  sent again, not marked         %d\n", again
    printf "  of approvals nobody has got    %d\n", undelivered
    printf "  second reversals of a purchase %d\n", chains
    printf "  of purchases never seen        %d\n", unknown
    printf "%d %d\n", reversed, open > result
    exit twice + again + chains > 0
}
