@echo off
rem portreg {{name}}: excluded port ranges. Made from a list: change that, not this file.
{{comments}}setlocal EnableExtensions EnableDelayedExpansion
set "name={{name}}"
set "undo={{undo}}"
set "release_winnat={{release_winnat}}"
set "dynamic={{dynamic}}"
set "system=%SystemRoot%\System32"
if defined PROCESSOR_ARCHITEW6432 set "system=%SystemRoot%\Sysnative"
set "folder=%ProgramData%\portreg"
set "log=%folder%\%name%.log"
set "work=%folder%\%name%.%RANDOM%.tmp"
set "status=0"
set "errorlevel="
call :run
if exist "%work%" rd /s /q "%work%"
exit /b %status%

:wanted
{{wanted}}exit /b 0

rem The sets of ports are files in %work%, with lines FIRST-LAST/PROTOCOL:
rem   wanted    what is to be excluded
rem   excluded  what is excluded: the rows of netsh with *
rem   runtime   its other rows: WinNAT, HNS, HTTP.sys
rem   logged    blocks that earlier runs added
rem   keep      what is listed, here or in the logs of other names
rem   released  blocks that are deleted now
rem   added     blocks that are added now

:run
call :elevated
if %errorlevel% neq 0 goto not_elevated
call :open
if %errorlevel% neq 0 goto no_log
call :read
if %errorlevel% neq 0 goto no_table
call :read_log
if %errorlevel% neq 0 goto damaged_log
call :read_others
call :index keep 1
call :say_log
call :begin_log
if %errorlevel% neq 0 goto no_log
for /f "usebackq tokens=1-3 delims=-/" %%a in ("%work%\logged") do call :release %%c %%a %%b
if defined changed call :read
if defined table call :stop_winnat
if not defined table goto unknown
for /f "usebackq tokens=1-3 delims=-/" %%a in ("%work%\released") do call :walk keep %%c %%a %%b add_missing nothing
for /f "usebackq tokens=1-3 delims=-/" %%a in ("%work%\wanted") do call :add_missing %%c %%a %%b
call :start_winnat
for %%f in (ipv4 ipv6) do for %%p in (tcp udp) do call :dynamic %%f %%p
call :read
if %errorlevel% neq 0 goto unknown
for /f "usebackq tokens=1-3 delims=-/" %%a in ("%work%\released") do call :walk keep %%c %%a %%b say_kept say_released
for /f "usebackq tokens=1-3 delims=-/" %%a in ("%work%\wanted") do call :walk released %%c %%a %%b nothing say_wanted
call :write_log
if %errorlevel% neq 0 goto log_lost
goto summary

:not_elevated
echo portreg %name%: run this elevated (Run as administrator); nothing was changed
set "status=20"
exit /b 0

:no_table
echo portreg %name%: netsh shows no table of excluded port ranges; nothing was changed
set "status=21"
exit /b 0

:no_log
echo portreg %name%: the log %log% cannot be written; nothing was changed
set "status=22"
exit /b 0

:damaged_log
echo portreg %name%: the log %log% is damaged; nothing was changed
set "status=22"
exit /b 0

:unknown
call :start_winnat
echo portreg %name%: netsh shows no table any more; what is excluded now is not known
call :fail 14
goto summary

:log_lost
echo portreg %name%: the log %log% could not be written
call :fail 14
goto summary

:summary
set "word=OK"
if defined changed set "word=CHANGED"
if not %status%==0 set "word=FAILED"
set "end="
if not %status%==0 set "end=; status %status%"
echo %word% %name%: %already% already excluded, %added% added, %released% released, %blocked% blocked, %refused% in use%end%
exit /b 0

:nothing
exit /b 0

rem fail STATUS: the highest that applies is the script's.
:fail
if %1 gtr %status% set "status=%1"
exit /b 0

rem Only administrators and SYSTEM may read this key, and list filter drivers.
:elevated
"%system%\reg.exe" query HKU\S-1-5-19 >nul 2>nul
if %errorlevel% equ 0 exit /b 0
"%system%\fltMC.exe" >nul 2>nul
if %errorlevel% equ 0 exit /b 0
exit /b 1

rem The folder is for S-1-5-18, SYSTEM, and S-1-5-32-544, Administrators, to write in,
rem and for S-1-5-32-545, Users, to read, also if one of them made it. If it is a link,
rem with l among its attributes, it may lead anywhere; /L is for one made meanwhile.
:open
for %%n in (already added released blocked refused refusals depth) do set "%%n=0"
for %%n in (changed winnat) do set "%%n="
for %%f in (ipv4 ipv6) do for %%p in (tcp udp) do set "was_%%f_%%p="
if not defined ProgramData exit /b 1
if not exist "%folder%" goto open_folder
if not exist "%folder%\*" exit /b 1
for %%f in ("%folder%") do set "attributes=%%~af"
if not "%attributes:l=%"=="%attributes%" exit /b 1

:open_folder
if not exist "%folder%" md "%folder%" 2>nul
"%system%\icacls.exe" "%folder%" /setowner *S-1-5-32-544 /L >nul 2>nul
"%system%\icacls.exe" "%folder%" /reset /L >nul 2>nul
"%system%\icacls.exe" "%folder%" /inheritance:r /grant:r "*S-1-5-18:(OI)(CI)F" "*S-1-5-32-544:(OI)(CI)F" "*S-1-5-32-545:(OI)(CI)RX" /L >nul 2>nul
call :nothing
md "%work%" 2>nul
if %errorlevel% neq 0 goto no_work
for %%n in (wanted logged keep released forgotten added) do type nul >"%work%\%%n"
call :wanted
type "%work%\wanted" >>"%work%\keep"
if exist "%log%\*" exit /b 1
exit /b 0

rem It may be the folder of another run.
:no_work
set "work="
exit /b 1

rem A row is two numbers, and * where netsh or the API made it; the words around
rem are in the language of Windows. A table has a line of two runs of dashes.
:read
if exist "%work%\excluded" call :index excluded
for %%n in (excluded runtime) do type nul >"%work%\%%n"
call :read_table tcp
if not defined table exit /b 1
call :read_table udp
if not defined table exit /b 1
call :index excluded 1
exit /b 0

:read_table
set "table="
"%system%\netsh.exe" int ipv4 show excludedportrange protocol=%1 >"%work%\table"
if %errorlevel% neq 0 exit /b 0
for /f "usebackq tokens=1-4" %%a in ("%work%\table") do (
  set "first=%%a"
  set "last=%%b"
  set "mark=%%c%%d"
  call :row %1
)
exit /b 0

:row
if not defined last exit /b 0
call :numbers
if not defined numbers goto dashes
if not defined mark echo %first%-%last%/%1>>"%work%\runtime"
if "!mark!"=="*" echo %first%-%last%/%1>>"%work%\excluded"
exit /b 0

:dashes
if defined mark exit /b 0
if "%first:~0,3%%last:~0,3%"=="------" set "table=1"
exit /b 0

rem Whether first and last are numbers: set /a takes another text, or zeros in
rem front, for another number.
:numbers
set "numbers="
set "m="
set "n="
set /a "m=first, n=last" 2>nul
if "!m!-!n!"=="!first!-!last!" set "numbers=1"
exit /b 0

rem Anything in the log but comments and blocks is damage, and so is a log without
rem its head, as after a power failure. A block that is not
rem wholly excluded any more was deleted by somebody else.
:read_log
if not exist "%log%" exit /b 0
set "damaged="
set "head="
for /f "usebackq eol=# tokens=1-4 delims=-/" %%a in ("%log%") do (
  set "first=%%a"
  set "last=%%b"
  set "protocol=%%c%%d"
  call :log_line
)
if defined damaged exit /b 1
for /f "usebackq eol=; tokens=1-9" %%a in ("%log%") do (
  set "kind=%%a %%b"
  set "key=%%c_%%d"
  set "first=%%e"
  set "last=%%f"
  set "set=%%g %%h%%i"
  call :log_comment
)
for /f "usebackq eol=# tokens=1-2 delims=/" %%a in ("%log%") do (
  set "block=%%b.%%a"
  if not "!block!"=="." if not defined logged.!block! if not defined gone.!block! set "damaged=1"
)
if not defined head set "damaged=1"
if defined damaged exit /b 1
exit /b 0

:log_line
if not defined first exit /b 0
if not defined last set "damaged=1"
if defined damaged exit /b 0
call :numbers
if not defined numbers set "damaged=1"
if not "!protocol!"=="tcp" if not "!protocol!"=="udp" set "damaged=1"
if defined damaged exit /b 0
if %first% lss 1 set "damaged=1"
if %last% lss %first% set "damaged=1"
if %last% gtr 65535 set "damaged=1"
if defined damaged exit /b 0
if defined logged.%protocol%.%first%-%last% exit /b 0
set "found="
call :walk excluded %protocol% %first% %last% nothing found
if defined found set "gone.%protocol%.%first%-%last%=1"
if defined found exit /b 0
set "logged.%protocol%.%first%-%last%=1"
echo %first%-%last%/%protocol%>>"%work%\logged"
exit /b 0

:log_comment
if "!kind!"=="# portreg" set "head=1"
if "!kind!"=="# winnat" set "winnat=1"
if not "!kind!"=="# dynamic" exit /b 0
call :numbers
if not defined numbers set "damaged=1"
if defined damaged exit /b 0
set "was_!key!=%first% %last%"
set "set_!key!=!set!"
exit /b 0

:found
set "found=1"
exit /b 0

:read_others
dir /b "%folder%\*.log" >"%work%\logs" 2>nul
for /f "usebackq delims=" %%f in ("%work%\logs") do (
  set "file=%%f"
  call :read_other
)
exit /b 0

:read_other
set "other=%file:~0,-4%"
if /i "%other%"=="%name%" exit /b 0
for /f "delims=ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_" %%x in ("%other%") do goto nothing
if not exist "%folder%\%file%" exit /b 0
type nul >"%work%\other"
for /f "usebackq eol=; tokens=1-6 delims=-/ " %%a in ("%folder%\%file%") do (
  set "kind=%%a %%b %%e%%f"
  set "first=%%c"
  set "last=%%d"
  call :other_line
)
if not defined undo type "%work%\other" >>"%work%\keep"
if defined undo for /f "usebackq tokens=1-3 delims=-/" %%a in ("%work%\logged") do call :walk other %%c %%a %%b say_listed nothing
exit /b 0

:other_line
call :numbers
if not defined numbers exit /b 0
if "!kind!"=="# listed tcp" echo %first%-%last%/tcp>>"%work%\other"
if "!kind!"=="# listed udp" echo %first%-%last%/udp>>"%work%\other"
exit /b 0

:say_log
if exist "%log%" exit /b 0
if defined undo echo no log of %name%: nothing to take back
if not defined undo echo no log of an earlier run of %name%: nothing is released
exit /b 0

rem release PROTOCOL FIRST LAST: deletes a logged block that holds a port no list names.
:release
set "found="
call :walk keep %1 %2 %3 nothing found
if not defined found exit /b 0
set /a "count=%3-%2+1"
"%system%\netsh.exe" int ipv4 delete excludedportrange protocol=%1 startport=%2 numberofports=%count% store=persistent >nul
if %errorlevel% neq 0 goto not_released
echo %2-%3/%1>>"%work%\released"
set "changed=1"
exit /b 0

rem If no row is just this block, it is not there any more: somebody made others.
:not_released
call :say %1 %2 %3 "not released"
call :fail 11
if not defined excluded.%1.%2-%3 echo %2-%3/%1>>"%work%\forgotten"
exit /b 0

rem WinNAT is stopped only if it runs and holds ports that are wanted.
:stop_winnat
if not defined release_winnat exit /b 0
set "found="
for /f "usebackq tokens=1-3 delims=-/" %%a in ("%work%\wanted") do call :walk excluded %%c %%a %%b nothing find_runtime
if not defined found exit /b 0
call :winnat_runs
if %errorlevel% neq 0 exit /b 0
set "winnat=1"
>>"%log%" echo # winnat is to be started again
"%system%\net.exe" stop winnat <nul >nul 2>nul
call :winnat_runs
if %errorlevel% equ 0 goto winnat_stays
echo WinNAT stopped
call :read
exit /b 0

:winnat_stays
echo WinNAT could not be stopped
exit /b 0

:find_runtime
call :walk runtime %1 %2 %3 found nothing
exit /b 0

rem sc prints the state as a colon, its number and a word; 4 is running.
:winnat_runs
"%system%\sc.exe" query winnat >"%work%\table" 2>nul
set "found="
for /f "usebackq tokens=2 delims=:" %%a in ("%work%\table") do (
  set "state=%%a"
  call :state
)
if not defined found exit /b 1
exit /b 0

:state
if "%state:~0,3%"==" 4 " set "found=1"
exit /b 0

:start_winnat
if not defined winnat exit /b 0
call :winnat_runs
if %errorlevel% equ 0 set "winnat="
if not defined winnat exit /b 0
"%system%\net.exe" start winnat <nul >nul 2>nul
call :winnat_runs
if %errorlevel% neq 0 goto winnat_lost
set "winnat="
echo WinNAT started again
exit /b 0

:winnat_lost
echo WinNAT could not be started again
call :fail 13
exit /b 0

rem add_missing PROTOCOL FIRST LAST: adds what is not excluded of a block.
:add_missing
call :walk excluded %1 %2 %3 nothing add
exit /b 0

rem Netsh refuses a block if one port of it is taken. What runtime rows hold is
rem tried apart from the rest, and the rest is halved, to exclude all that can be.
:add
call :try %1 %2 %3
if %errorlevel% equ 0 exit /b 0
set "tried=%2-%3"
call :walk runtime %1 %2 %3 add_held add_free
exit /b 0

:add_held
if not "%2-%3"=="%tried%" call :try %1 %2 %3
exit /b 0

:add_free
if "%2-%3"=="%tried%" goto halve
call :try %1 %2 %3
if %errorlevel% equ 0 exit /b 0
:halve
if %2==%3 exit /b 0
set /a "middle=(%2+%3)/2"
call :half %1 %2 %middle%
set /a "middle=(%2+%3)/2+1"
call :half %1 %middle% %3
exit /b 0

:half
if %refusals% geq 256 exit /b 0
call :try %1 %2 %3
if %errorlevel% neq 0 goto halve
exit /b 0

rem try PROTOCOL FIRST LAST: adds a block and logs it.
:try
set /a "count=%3-%2+1"
"%system%\netsh.exe" int ipv4 add excludedportrange protocol=%1 startport=%2 numberofports=%count% store=persistent >nul
if %errorlevel% neq 0 goto refusal
for %%f in ("%work%\excluded" "%work%\added" "%log%") do echo %2-%3/%1>>%%f
for %%n in (excluded added) do set "%%n.%1.%2-%3=1"
set "changed=1"
exit /b 0

:refusal
set /a "refusals+=1"
exit /b 1

rem dynamic FAMILY PROTOCOL: sets the dynamic port range, or sets it back. Ranges
rem are a first port and a number of ports here, as netsh has them.
:dynamic
set "wanted=%dynamic%"
set "was=!was_%1_%2!"
if defined undo set "wanted=%was%"
if not defined wanted exit /b 0
call :read_dynamic %1 %2
if not defined now goto dynamic_unread
if "%now%"=="%wanted%" goto dynamic_same
if defined undo if not "%now%"=="!set_%1_%2!" goto dynamic_changed
if not defined undo if not "%now%"=="!set_%1_%2!" set "was=%now%"
if not defined undo >>"%log%" echo # dynamic %1 %2 %was% %wanted%
if not defined undo set "was_%1_%2=%was%"
if not defined undo set "set_%1_%2=%wanted%"
set "before=%now%"
for /f "tokens=1-2" %%a in ("%wanted%") do "%system%\netsh.exe" int %1 set dynamicportrange protocol=%2 startport=%%a numberofports=%%b store=persistent >nul
call :read_dynamic %1 %2
if not "%now%"=="%wanted%" goto dynamic_refused
set "changed=1"
call :text %before%
set "before=%text%"
call :text %wanted%
if defined undo goto dynamic_undone
echo dynamic port range of %2 on %1: %before% before, now %text%; restart Windows
exit /b 0

:dynamic_undone
set "was_%1_%2="
echo dynamic port range of %2 on %1: set back to %text%; restart Windows
exit /b 0

:dynamic_same
call :text %wanted%
if defined undo set "was_%1_%2="
echo dynamic port range of %2 on %1: already %text%
exit /b 0

:dynamic_changed
set "was_%1_%2="
echo dynamic port range of %2 on %1: changed by somebody else, left alone
exit /b 0

:dynamic_unread
echo dynamic port range of %2 on %1: cannot be read, left alone
call :fail 10
exit /b 0

rem What was not changed needs no way back, or has the one it had.
:dynamic_refused
set "word=set"
if not defined undo if "%now%"=="%before%" set "set_%1_%2=%before%"
if not defined undo if "%now%"=="%before%" if "%was%"=="%before%" set "was_%1_%2="
if defined undo set "word=set back"
echo dynamic port range of %2 on %1: could not be %word%
call :fail 10
exit /b 0

rem The two lines that end in a colon and a number are the first port and the number of ports.
:read_dynamic
set "now="
set "found="
"%system%\netsh.exe" int %1 show dynamicportrange protocol=%2 >"%work%\table"
if %errorlevel% neq 0 exit /b 0
for /f "usebackq tokens=1-3 delims=:" %%a in ("%work%\table") do (
  set "first=%%b"
  set "rest=%%c"
  call :setting
)
for /f "tokens=1-3" %%a in ("%found%") do if not "%%b"=="" if "%%c"=="" set "now=%%a %%b"
exit /b 0

:setting
if defined rest exit /b 0
if not defined first exit /b 0
set "first=%first: =%"
set "last=%first%"
call :numbers
if defined numbers set "found=%found% %first%"
exit /b 0

:text
set /a "last=%1+%2-1"
set "text=%1-%last%"
exit /b 0

rem What the report says follows from the state and from what was done, as sets.
:say_kept
call :walk excluded %1 %2 %3 say_again say_lost
exit /b 0

:say_released
call :walk excluded %1 %2 %3 say_stays say_gone
exit /b 0

:say_wanted
call :walk excluded %1 %2 %3 say_excluded say_missing
exit /b 0

:say_excluded
call :walk added %1 %2 %3 say_added say_already
exit /b 0

:say_missing
call :walk runtime %1 %2 %3 say_blocked say_refused
exit /b 0

:say_again
set /a "added+=1"
call :say %1 %2 %3 "added again"
exit /b 0

:say_lost
set /a "refused+=1"
call :say %1 %2 %3 "could not be added again"
call :fail 12
exit /b 0

:say_stays
call :say %1 %2 %3 "not released"
call :fail 11
exit /b 0

:say_gone
set /a "released+=1"
call :say %1 %2 %3 "released"
exit /b 0

:say_added
set /a "added+=1"
call :say %1 %2 %3 "added"
exit /b 0

:say_already
set /a "already+=1"
call :say %1 %2 %3 "already excluded"
exit /b 0

:say_blocked
set /a "blocked+=1"
call :say %1 %2 %3 "blocked by a runtime reservation"
call :fail 12
exit /b 0

:say_refused
set /a "refused+=1"
call :say %1 %2 %3 "in use, or refused by netsh"
call :fail 12
exit /b 0

:say_listed
call :say %1 %2 %3 "still listed by %other%"
exit /b 0

:say
set "range=%2-%3"
if %2==%3 set "range=%2"
echo %range%/%1: %~4
exit /b 0

rem The log is a range list, so that portreg show reads it. What was listed is
rem there before anything is changed, what was added as soon as it is.
:begin_log
if defined undo exit /b 0
call :log_head
type "%work%\logged" >>"%work%\log"
goto put_log

rem At the end the log has what it had but the released blocks and those that are
rem gone, in netsh's order.
:write_log
call :log_head
set "left=%winnat%"
type "%work%\added" >"%work%\table"
if exist "%log%" type "%log%" >>"%work%\table"
for /f "usebackq eol=# tokens=1-3 delims=-/" %%a in ("%work%\table") do set "log.%%c.%%a-%%b=1"
for /f "usebackq tokens=1-3 delims=-/" %%a in ("%work%\released") do set "log.%%c.%%a-%%b="
for /f "usebackq tokens=1-3 delims=-/" %%a in ("%work%\forgotten") do set "log.%%c.%%a-%%b="
for /f "usebackq tokens=1-3 delims=-/" %%a in ("%work%\excluded") do if defined log.%%c.%%a-%%b call :log_block %%c %%a %%b
for /f "usebackq eol=# tokens=1-3 delims=-/" %%a in ("%work%\table") do if defined log.%%c.%%a-%%b call :log_block %%c %%a %%b
for %%f in (ipv4 ipv6) do for %%p in (tcp udp) do if defined was_%%f_%%p set "left=1"
if not defined undo goto put_log
if defined left goto put_log
if exist "%log%" del "%log%"
if exist "%log%" exit /b 1
exit /b 0

:put_log
move /y "%work%\log" "%log%" >nul 2>nul
if exist "%work%\log" exit /b 1
exit /b 0

:log_head
>"%work%\log" echo # portreg log of %name%: what the list named, and the blocks that its script added
for /f "usebackq" %%a in ("%work%\wanted") do echo # listed %%a>>"%work%\log"
for %%f in (ipv4 ipv6) do for %%p in (tcp udp) do call :log_dynamic %%f %%p
if defined winnat echo # winnat is to be started again>>"%work%\log"
exit /b 0

:log_dynamic
if not defined was_%1_%2 exit /b 0
>>"%work%\log" echo # dynamic %1 %2 !was_%1_%2! !set_%1_%2!
exit /b 0

:log_block
set "log.%1.%2-%3="
set "found="
call :walk excluded %1 %2 %3 nothing found
if defined found exit /b 0
set "left=1"
echo %2-%3/%1>>"%work%\log"
exit /b 0

rem walk SET PROTOCOL FIRST LAST INSIDE OUTSIDE: goes through a block in parts; for
rem each calls INSIDE or OUTSIDE, as the set has it or not, with PROTOCOL FIRST LAST.
:walk
set /a "depth+=1"
set "at%depth%=%3"
:walk_on
call :part %1 %2 !at%depth%! %4
set "from=!at%depth%!"
set "visit=%6"
if defined inside set "visit=%5"
set /a "at%depth%=part_last+1"
call :%visit% %2 %from% %part_last%
if !at%depth%! leq %4 goto walk_on
set /a "depth-=1"
exit /b 0

rem part SET PROTOCOL FIRST LAST: whether the set has FIRST, and part_last up to
rem which port that stays so.
:part
set "inside=1"
set "part_last=%4"
if defined %1.%2.%3-%4 exit /b 0
set "inside="
set "reach=%3"
:part_on
set "start=%reach%"
for /f "usebackq tokens=1-3 delims=-/" %%a in ("%work%\%1") do (
  if %%c==%2 if %%a leq !reach! if %%b geq !reach! set /a "reach=%%b+1"
  if %%c==%2 if %%a gtr %3 if %%a leq !part_last! set /a "part_last=%%a-1"
)
if %reach%==%3 exit /b 0
if not %reach%==%start% if %reach% leq %4 goto part_on
set "inside=1"
set /a "part_last=reach-1"
if %part_last% gtr %4 set "part_last=%4"
exit /b 0

rem index SET: for part, which blocks the set has as they are; most are asked for as they are.
:index
for /f "usebackq tokens=1-3 delims=-/" %%a in ("%work%\%1") do set "%1.%%c.%%a-%%b=%2"
exit /b 0
