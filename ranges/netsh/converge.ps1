# portreg {{name}}: excluded port ranges. Made from a list: change that, not this file.
{{comments}}Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $false
$name = '{{name}}'
$undo = '{{undo}}' -ne ''
$releaseWinNAT = '{{release_winnat}}' -ne ''
$dynamic = '{{dynamic}}'
$system = $env:SystemRoot + '\System32\'
if ($env:PROCESSOR_ARCHITEW6432) { $system = $env:SystemRoot + '\Sysnative\' }
$folder = $env:ProgramData + '\portreg'
$log = $folder + '\' + $name + '.log'
$work = $log + '.new'
$status = 0
$changed = $false
$known = $false
$winnat = $false
$found = $false
$refusals = 0
$tried = ''
$other = ''
$counts = @{ already = 0; added = 0; released = 0; blocked = 0; refused = 0 }

$wanted = @(
{{wanted}})

# The sets of ports are arrays of blocks, each with Protocol, First and Last:
#   wanted    what is to be excluded
#   excluded  what is excluded: the rows of netsh with *
#   runtime   its other rows: WinNAT, HNS, HTTP.sys
#   logged    blocks that earlier runs added
#   keep      what is listed, here or in the logs of other names
#   other     what is listed in the log of one other name
#   released  blocks that are deleted now
#   added     blocks that are added now
$sets = @{
    wanted = @(); excluded = @(); runtime = @(); logged = @()
    keep = @(); other = @(); released = @(); forgotten = @(); added = @()
}

# The dynamic port ranges in the log, by family and protocol, as first port and
# number of ports.
$dynamicWas = @{}
$dynamicSet = @{}

function Converge {
    if (-not (Test-Elevated)) { Refuse 20 'run this elevated (Run as administrator)'; return }
    if (-not (Open-Log)) { Refuse 22 ('the log ' + $log + ' cannot be written'); return }
    Read-State
    if (-not $known) { Refuse 21 'netsh shows no table of excluded port ranges'; return }
    if (-not (Read-Log)) { Refuse 22 ('the log ' + $log + ' is damaged'); return }
    $sets.wanted = @(foreach ($text in $wanted) { Read-Block $text })
    $sets.keep = $sets.wanted
    Read-Others
    Say-Log
    if (-not (Begin-Log)) { Refuse 22 ('the log ' + $log + ' cannot be written'); return }
    try { Set-Exclusions } finally { Start-WinNAT }
    if ($known) {
        foreach ($family in 'ipv4', 'ipv6') {
            foreach ($protocol in 'tcp', 'udp') { Set-Dynamic $family $protocol }
        }
        Read-State
    }
    if ($known) {
        Say-Report
        if (-not (Write-Log)) {
            Write-Output ('portreg ' + $name + ': the log ' + $log + ' could not be written')
            Fail 14
        }
    } else {
        Write-Output ('portreg ' + $name + ': netsh shows no table any more; what is excluded now is not known')
        Fail 14
    }
    Say-Summary
}

# $known is whether the last try to read the state came to something.
function Set-Exclusions {
    foreach ($block in $sets.logged) { Release $block }
    if ($changed) { Read-State }
    if ($known) { Stop-WinNAT }
    if (-not $known) { return }
    foreach ($block in $sets.released) { Walk 'keep' $block 'Add-Missing' 'Pass' }
    foreach ($block in $sets.wanted) { Add-Missing $block }
}

function Refuse($number, $why) {
    Write-Output ('portreg ' + $name + ': ' + $why + '; nothing was changed')
    $script:status = $number
}

# The highest status that applies is the script's.
function Fail($number) {
    if ($number -gt $status) { $script:status = $number }
}

function Say-Summary {
    $word = 'OK'
    $end = ''
    if ($changed) { $word = 'CHANGED' }
    if ($status -ne 0) {
        $word = 'FAILED'
        $end = '; status ' + $status
    }
    Write-Output ('{0} {1}: {2} already excluded, {3} added, {4} released, {5} blocked, {6} in use{7}' -f
        $word, $name, $counts.already, $counts.added, $counts.released, $counts.blocked, $counts.refused, $end)
}

# What a program writes to standard error would end the script in Windows
# PowerShell, were it redirected while errors stop.
function Run($program) {
    $ErrorActionPreference = 'Continue'
    & ($system + $program) @args 2>$null
}

# Only administrators and SYSTEM may read this key, and list filter drivers.
function Test-Elevated {
    $null = Run reg.exe query 'HKU\S-1-5-19'
    if ($LASTEXITCODE -eq 0) { return $true }
    $null = Run fltMC.exe
    return $LASTEXITCODE -eq 0
}

# The folder is for S-1-5-18, SYSTEM, and S-1-5-32-544, Administrators, to write in,
# and for S-1-5-32-545, Users, to read, also if one of them made it. If it is a link,
# it may lead anywhere; /L is for one made meanwhile.
function Open-Log {
    if (-not $env:ProgramData) { return $false }
    try {
        if (-not (Test-Path -LiteralPath $folder)) { $null = New-Item -ItemType Directory -Path $folder }
        if (-not (Test-Path -LiteralPath $folder -PathType Container)) { return $false }
        if ((Get-Item -LiteralPath $folder).Attributes -cmatch 'ReparsePoint') { return $false }
        $null = Run icacls.exe $folder '/setowner' '*S-1-5-32-544' '/L'
        $null = Run icacls.exe $folder '/reset' '/L'
        $null = Run icacls.exe $folder '/inheritance:r' '/grant:r' '*S-1-5-18:(OI)(CI)F' '*S-1-5-32-544:(OI)(CI)F' '*S-1-5-32-545:(OI)(CI)RX' '/L'
        if ((Test-Path -LiteralPath $work) -and -not (Test-Path -LiteralPath $log)) { Move-Item -LiteralPath $work -Destination $log -Force }
        Set-Content -LiteralPath $work -Value '' -Encoding ASCII
        Remove-Item -LiteralPath $work
    } catch {
        return $false
    }
    return -not (Test-Path -LiteralPath $log -PathType Container)
}

# A row is two numbers, and * where netsh or the API made it; the words around are
# in the language of Windows. A table has a line of two runs of dashes.
function Read-State {
    $sets.excluded = @()
    $sets.runtime = @()
    $script:known = (Read-Table 'tcp') -and (Read-Table 'udp')
}

function Read-Table($protocol) {
    $lines = @(Run netsh.exe int ipv4 show excludedportrange ('protocol=' + $protocol))
    if ($LASTEXITCODE -ne 0) { return $false }
    $table = $false
    foreach ($line in $lines) {
        if ($line -cmatch '^\s*---+\s+---+\s*$') { $table = $true }
        if ($line -cmatch '^\s*([0-9]{1,5})\s+([0-9]{1,5})\s*(\*?)\s*$') {
            $row = New-Block $protocol $Matches[1] $Matches[2]
            if ($Matches[3] -eq '*') { $sets.excluded += $row } else { $sets.runtime += $row }
        }
    }
    return $table
}

function New-Block($protocol, $first, $last) {
    return @{ Protocol = $protocol; First = [int]$first; Last = [int]$last }
}

# Read-Block gives the block of a text such as 80-90/tcp, or nothing.
function Read-Block($text) {
    if ($text -cmatch '^([1-9][0-9]{0,4})-([1-9][0-9]{0,4})/(tcp|udp)$') {
        $block = New-Block $Matches[3] $Matches[1] $Matches[2]
        if ($block.First -le $block.Last -and $block.Last -le 65535) { return $block }
    }
}

function Get-Text($block) {
    return '{0}-{1}/{2}' -f $block.First, $block.Last, $block.Protocol
}

# Anything in the log but comments and blocks is damage. A block that is not
# wholly excluded any more was deleted by somebody else.
function Read-Log {
    if (-not (Test-Path -LiteralPath $log)) { return $true }
    try { $lines = @(Get-Content -LiteralPath $log) } catch { return $false }
    $seen = @()
    $head = $false
    foreach ($line in $lines) {
        if ($line -cmatch '^# portreg( |$)') { $head = $true }
        if ($line -cmatch '^# winnat( |$)') { $script:winnat = -not (Test-WinNAT) }
        if ($line -cmatch '^#') {
            if ($line -cmatch '^# dynamic (\w+) (\w+) ([0-9]{1,5} [0-9]{1,5}) ([0-9]{1,5} [0-9]{1,5})$') {
                $key = $Matches[1] + ' ' + $Matches[2]
                $dynamicWas[$key] = $Matches[3]
                $dynamicSet[$key] = $Matches[4]
            } elseif ($line -cmatch '^#\s+dynamic(\s|$)') {
                return $false
            }
        } elseif ($line -cmatch '\S') {
            $block = Read-Block $line
            if ($null -eq $block) { return $false }
            if ($seen -notcontains $line -and (Test-Inside 'excluded' $block)) { $sets.logged += $block }
            $seen += $line
        }
    }
    return $head
}

function Read-Others {
    foreach ($file in @(Get-ChildItem -LiteralPath $folder)) {
        $isLog = -not $file.PSIsContainer -and $file.Name -cmatch '^[A-Za-z0-9][A-Za-z0-9_-]*\.[Ll][Oo][Gg]$'
        if ($isLog -and $file.BaseName -ne $name) { Read-Other $file }
    }
}

function Read-Other($file) {
    $script:other = $file.BaseName
    $sets.other = @()
    foreach ($line in @(Get-Content -LiteralPath $file.FullName)) {
        if ($line -cmatch '^# listed (\S+)$') {
            $block = Read-Block $Matches[1]
            if ($null -ne $block) { $sets.other += $block }
        }
    }
    if ($undo) {
        foreach ($block in $sets.logged) { Walk 'other' $block 'Say-Listed' 'Pass' }
    } else {
        $sets.keep += $sets.other
    }
}

function Say-Log {
    if (Test-Path -LiteralPath $log) { return }
    if ($undo) {
        Write-Output ('no log of ' + $name + ': nothing to take back')
    } else {
        Write-Output ('no log of an earlier run of ' + $name + ': nothing is released')
    }
}

# Release deletes a logged block that holds a port no list names.
function Release($block) {
    if (Test-Inside 'keep' $block) { return }
    if (-not (Set-Block 'delete' $block)) {
        Say $block 'not released'
        Fail 11
        if (-not (Test-Row $block)) { $sets.forgotten += $block }
        return
    }
    $sets.released += $block
    $script:changed = $true
}

# If no row is just this block, it is not there any more: somebody made others.
function Test-Row($block) {
    $text = Get-Text $block
    foreach ($row in $sets.excluded) {
        if ((Get-Text $row) -eq $text) { return $true }
    }
    return $false
}

# Set-Block adds or deletes a block, as the verb says, and tells whether netsh did.
function Set-Block($verb, $block) {
    $protocol = 'protocol=' + $block.Protocol
    $first = 'startport=' + $block.First
    $number = 'numberofports=' + ($block.Last - $block.First + 1)
    $null = Run netsh.exe int ipv4 $verb excludedportrange $protocol $first $number store=persistent
    return $LASTEXITCODE -eq 0
}

# WinNAT is stopped only if it runs and holds ports that are wanted.
function Stop-WinNAT {
    if (-not $releaseWinNAT) { return }
    $script:found = $false
    foreach ($block in $sets.wanted) { Walk 'excluded' $block 'Pass' 'Find-Runtime' }
    if (-not $found -or -not (Test-WinNAT)) { return }
    $script:winnat = $true
    Append-Log '# winnat is to be started again'
    $null = Run net.exe stop winnat
    if (Test-WinNAT) {
        $script:winnat = $false
        Write-Output 'WinNAT could not be stopped'
    } else {
        Write-Output 'WinNAT stopped'
        Read-State
    }
}

function Find-Runtime($block) { Walk 'runtime' $block 'Find' 'Pass' }

# sc prints the state as a colon, its number and a word; 4 is running.
function Test-WinNAT {
    foreach ($line in @(Run sc.exe query winnat)) {
        if ($line -cmatch ':\s*4\s+\S') { return $true }
    }
    return $false
}

# First of all it is started: when somebody stops the script, output ends it here.
function Start-WinNAT {
    if (-not $winnat) { return }
    $null = Run net.exe start winnat
    if (Test-WinNAT) {
        $script:winnat = $false
        Write-Output 'WinNAT started again'
    } else {
        Write-Output 'WinNAT could not be started again'
        Fail 13
    }
}

# Add-Missing adds what is not excluded of a block.
function Add-Missing($block) { Walk 'excluded' $block 'Pass' 'Add' }

# Netsh refuses a block if one port of it is taken. What runtime rows hold is
# tried apart from the rest, and the rest is halved, to exclude all that can be.
function Add($block) {
    if (Try-Add $block) { return }
    $script:tried = Get-Text $block
    Walk 'runtime' $block 'Add-Held' 'Add-Free'
}

function Add-Held($block) {
    if ((Get-Text $block) -ne $tried) { $null = Try-Add $block }
}

function Add-Free($block) {
    if ((Get-Text $block) -eq $tried -or -not (Try-Add $block)) { Halve $block }
}

function Halve($block) {
    if ($block.First -eq $block.Last) { return }
    $sum = $block.First + $block.Last
    $middle = ($sum - $sum % 2) / 2
    foreach ($half in (New-Block $block.Protocol $block.First $middle), (New-Block $block.Protocol ($middle + 1) $block.Last)) {
        if ($refusals -lt 256 -and -not (Try-Add $half)) { Halve $half }
    }
}

# Try-Add adds a block and logs it.
function Try-Add($block) {
    if (-not (Set-Block 'add' $block)) {
        $script:refusals += 1
        return $false
    }
    $sets.excluded += $block
    $sets.added += $block
    $script:changed = $true
    Append-Log (Get-Text $block)
    return $true
}

# A line that cannot be appended now is not lost: Write-Log writes all, or fails.
function Append-Log($line) {
    try { Add-Content -LiteralPath $log -Value $line -Encoding ASCII } catch { return }
}

# Set-Dynamic sets the dynamic port range, or sets it back. Ranges are a first
# port and a number of ports here, as netsh has them.
function Set-Dynamic($family, $protocol) {
    $key = $family + ' ' + $protocol
    $target = $dynamic
    if ($undo) { $target = $dynamicWas[$key] }
    if (-not $target) { return }
    $title = 'dynamic port range of ' + $protocol + ' on ' + $family + ': '
    $now = Read-Dynamic $family $protocol
    if ($null -eq $now) {
        Write-Output ($title + 'cannot be read, left alone')
        Fail 10
        return
    }
    if ($now -eq $target) {
        if ($undo) { $dynamicWas.Remove($key) }
        Write-Output ($title + 'already ' + (Get-Range $target))
        return
    }
    if ($undo -and $now -ne $dynamicSet[$key]) {
        $dynamicWas.Remove($key)
        Write-Output ($title + 'changed by somebody else, left alone')
        return
    }
    $before = $now
    if ($now -eq $dynamicSet[$key]) { $before = $dynamicWas[$key] }
    if (-not $undo) {
        Append-Log ('# dynamic ' + $key + ' ' + $before + ' ' + $target)
        $dynamicWas[$key] = $before
        $dynamicSet[$key] = $target
    }
    $first, $number = $target -split ' '
    $first = 'startport=' + $first
    $number = 'numberofports=' + $number
    $null = Run netsh.exe int $family set dynamicportrange ('protocol=' + $protocol) $first $number store=persistent
    $read = Read-Dynamic $family $protocol
    if ($read -ne $target) {
        $word = 'set'
        if ($undo) { $word = 'set back' }
        if (-not $undo -and $read -eq $now) { Undo-Dynamic $key $before $now }
        Write-Output ($title + 'could not be ' + $word)
        Fail 10
        return
    }
    $script:changed = $true
    if ($undo) {
        $dynamicWas.Remove($key)
        Write-Output ($title + 'set back to ' + (Get-Range $target) + '; restart Windows')
        return
    }
    Write-Output ($title + (Get-Range $now) + ' before, now ' + (Get-Range $target) + '; restart Windows')
}

# What was not changed needs no way back, or has the one it had.
function Undo-Dynamic($key, $before, $now) {
    $dynamicSet[$key] = $now
    if ($before -eq $now) { $dynamicWas.Remove($key) }
}

# The two lines that end in a colon and a number are the first port and the
# number of ports.
function Read-Dynamic($family, $protocol) {
    $lines = @(Run netsh.exe int $family show dynamicportrange ('protocol=' + $protocol))
    if ($LASTEXITCODE -ne 0) { return }
    $numbers = @()
    foreach ($line in $lines) {
        if ($line -cmatch ':\s*([0-9]{1,5})\s*$') { $numbers += $Matches[1] }
    }
    if ($numbers.Count -eq 2) { return $numbers[0] + ' ' + $numbers[1] }
}

function Get-Range($text) {
    $first, $number = $text -split ' '
    return '{0}-{1}' -f $first, ([int]$first + [int]$number - 1)
}

# What the report says follows from the state and from what was done, as sets.
function Say-Report {
    foreach ($block in $sets.released) { Walk 'keep' $block 'Say-Kept' 'Say-Released' }
    foreach ($block in $sets.wanted) { Walk 'released' $block 'Pass' 'Say-Wanted' }
}

function Say-Kept($block) { Walk 'excluded' $block 'Say-Again' 'Say-Lost' }

function Say-Released($block) { Walk 'excluded' $block 'Say-Stays' 'Say-Gone' }

function Say-Wanted($block) { Walk 'excluded' $block 'Say-Excluded' 'Say-Missing' }

function Say-Excluded($block) { Walk 'added' $block 'Say-Added' 'Say-Already' }

function Say-Missing($block) { Walk 'runtime' $block 'Say-Blocked' 'Say-Refused' }

function Say-Again($block) {
    $counts.added += 1
    Say $block 'added again'
}

function Say-Lost($block) {
    $counts.refused += 1
    Say $block 'could not be added again'
    Fail 12
}

function Say-Stays($block) {
    Say $block 'not released'
    Fail 11
}

function Say-Gone($block) {
    $counts.released += 1
    Say $block 'released'
}

function Say-Added($block) {
    $counts.added += 1
    Say $block 'added'
}

function Say-Already($block) {
    $counts.already += 1
    Say $block 'already excluded'
}

function Say-Blocked($block) {
    $counts.blocked += 1
    Say $block 'blocked by a runtime reservation'
    Fail 12
}

function Say-Refused($block) {
    $counts.refused += 1
    Say $block 'in use, or refused by netsh'
    Fail 12
}

function Say-Listed($block) { Say $block ('still listed by ' + $other) }

function Say($block, $text) {
    $range = '{0}-{1}' -f $block.First, $block.Last
    if ($block.First -eq $block.Last) { $range = '' + $block.First }
    Write-Output ($range + '/' + $block.Protocol + ': ' + $text)
}

# The log is a range list, so that portreg show reads it. What was listed is there
# before anything is changed, what was added as soon as it is.
function Begin-Log {
    if ($undo) { return $true }
    return Save-Log @(foreach ($block in $sets.logged) { Get-Text $block })
}

# At the end the log has what it had but the released blocks and those that are
# gone, in netsh's order.
function Write-Log {
    $mine = @{}
    foreach ($block in @($sets.logged) + @($sets.added)) {
        $text = Get-Text $block
        $mine[$text] = $true
    }
    foreach ($block in @($sets.released) + @($sets.forgotten)) { $mine.Remove((Get-Text $block)) }
    $left = @()
    foreach ($block in @($sets.excluded) + @($sets.logged) + @($sets.added)) {
        $text = Get-Text $block
        if ($mine.ContainsKey($text) -and (Test-Inside 'excluded' $block)) {
            $left += $text
            $mine.Remove($text)
        }
    }
    if (-not $undo -or $left.Count -gt 0 -or $dynamicWas.Count -gt 0 -or $winnat) { return Save-Log $left }
    try {
        if (Test-Path -LiteralPath $log) { Remove-Item -LiteralPath $log }
    } catch {
        return $false
    }
    return $true
}

# Save-Log puts a log with these blocks in place of the old one.
function Save-Log($blocks) {
    $lines = @('# portreg log of ' + $name + ': what the list named, and the blocks that its script added')
    foreach ($text in $wanted) { $lines += '# listed ' + $text }
    foreach ($family in 'ipv4', 'ipv6') {
        foreach ($protocol in 'tcp', 'udp') {
            $key = $family + ' ' + $protocol
            if ($dynamicWas.ContainsKey($key)) { $lines += '# dynamic ' + $key + ' ' + $dynamicWas[$key] + ' ' + $dynamicSet[$key] }
        }
    }
    if ($winnat) { $lines += '# winnat is to be started again' }
    try {
        Set-Content -LiteralPath $work -Value ($lines + $blocks) -Encoding ASCII
        Move-Item -LiteralPath $work -Destination $log -Force
    } catch {
        return $false
    }
    return $true
}

# Test-Inside tells whether a set has all of a block.
function Test-Inside($set, $block) {
    $script:found = $false
    Walk $set $block 'Pass' 'Find'
    return -not $found
}

function Find($block) { $script:found = $true }

function Pass($block) { }

# Walk goes through a block in parts; for each calls the function INSIDE or
# OUTSIDE, as the set has it or not, with the part.
function Walk($set, $block, $inside, $outside) {
    $first = $block.First
    while ($first -le $block.Last) {
        $last = Get-Reach $set $block.Protocol $first
        $visit = $inside
        if ($last -lt $first) {
            $last = Get-Gap $set $block.Protocol $first
            $visit = $outside
        }
        if ($last -gt $block.Last) { $last = $block.Last }
        & $visit (New-Block $block.Protocol $first $last)
        $first = $last + 1
    }
}

# Get-Reach gives the last port up to which the set has all from FIRST on, and
# the port before FIRST if it does not have that.
function Get-Reach($set, $protocol, $first) {
    $last = $first - 1
    do {
        $start = $last
        foreach ($row in $sets[$set]) {
            if ($row.Protocol -eq $protocol -and $row.First -le $last + 1 -and $row.Last -gt $last) { $last = $row.Last }
        }
    } while ($last -ne $start)
    return $last
}

# Get-Gap gives the last port before the next that the set has behind FIRST.
function Get-Gap($set, $protocol, $first) {
    $last = 65535
    foreach ($row in $sets[$set]) {
        if ($row.Protocol -eq $protocol -and $row.First -gt $first -and $row.First -le $last) { $last = $row.First - 1 }
    }
    return $last
}

try {
    Converge
} catch {
    Write-Output ('portreg ' + $name + ': ' + $_.Exception.Message)
    Fail 14
    Say-Summary
}
exit $status
