// What the interpreter takes the constructs to mean, and the help topic or the
// page that says so. node semantics.test.mjs runs all.
import assert from "node:assert/strict";
import test from "node:test";
import { Interpreter } from "./interpreter.mjs";
import { CompletionResult, Hashtable, PSError, Unsupported } from "./values.mjs";

// The machine of these tests has the program p.exe, which ends with the status
// that its first argument is and prints the others, and no files.
const machine = {
  env: (name) => (name === "SystemRoot" ? "Z:\\windows" : null),
  run: (path, [status, ...lines]) => ({ status: Number(status), lines }),
  stat: () => undefined,
  readLines() {
    throw new PSError("there is no such file");
  },
};

const start = `Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
$PSNativeCommandUseErrorActionPreference = $false
`;

function run(script) {
  const output = [];
  const status = new Interpreter(machine, (object) => output.push(object)).run(start + script + "\n");
  return status ? [...output, `status ${status}`] : output;
}

const run_ = "function Run($p) { $ErrorActionPreference = 'Continue'; & ('Z:\\' + $p) @args 2>$null }\n";

// topic, what it says, script, output
const meanings = [
  ["about_Comparison_Operators", "-eq and -ne do not tell upper from lower case", "'TCP' -eq 'tcp'; 'a' -ne 'A'", [true, false]],
  ["about_Comparison_Operators", "null is equal to null only", "$a = $null; $null -eq $a; $null -eq ''; $null -eq 0; '' -eq $null", [true, false, false, false]],
  ["about_Comparison_Operators", "-notcontains goes by -eq", "@('a', 'b') -notcontains 'B'; @() -notcontains 'b'", [false, true]],
  ["about_Comparison_Operators", "-cmatch tells upper from lower case", "'A1' -cmatch '^[a-z]'; 'a1' -cmatch '^[a-z]'", [false, true]],
  ["about_Comparison_Operators", "a match fills $Matches, 0 is the whole", "if ('80-90' -cmatch '^([0-9]+)-([0-9]+)$') { $Matches[0]; $Matches[2] }", ["80-90", "90"]],
  ["about_Comparison_Operators", "no match leaves $Matches", "$a = 'x1' -cmatch 'x(1)'; $a = 'y' -cmatch 'x(1)'; $Matches[1]", ["1"]],
  ["about_Comparison_Operators", "a group that took no part is not there, one of no characters is empty", "$a = 'x' -cmatch 'x(\\*?)(y)?'; $Matches[1] -eq ''; $null -eq $Matches[2]", [true, true]],
  ["Anchors in Regular Expressions", "$ matches before a line feed at the end too", "'a' -cmatch '^a$'; 'ab' -cmatch '^a$'", [true, false]],
  ["Character Classes in Regular Expressions", "\\s is any white space of Unicode", "'a\u00a0b' -cmatch 'a\\sb'; 'a\u0085b' -cmatch 'a\\sb'; 'a\ufeffb' -cmatch 'a\\sb'", [true, true, false]],
  ["about_Logical_Operators", "-and and -or stop when it is decided", "function F { 'ran' }\n$a = $false -and (F); $b = $true -or (F); $a; $b; -not $a -and $b", [false, true, true]],
  ["about_Booleans", "what is false", "foreach ($v in 0, '', $null, $false) { -not $v }\n-not @(); -not @(0)", [true, true, true, true, true, true]],
  ["about_Booleans", "what is true", "-not '0'; -not @(0, 0); -not @{}", [false, false, false]],
  ["about_Arrays", "@( ) is an array of none, one or all", "function F { }\nfunction G { 'a' }\n@(F).Count; @(G).Count; @('a', 'b').Count; @(@()).Count", [0, 1, 2, 0]],
  ["about_Arrays", "+ appends; += makes another array", "$a = @(1); $b = $a; $a += 2; $a += @(3, 4); $a.Count; $b.Count", [4, 1]],
  ["about_Arrays", "a hashtable joins an array as one", "$a = @(); $a += @{ x = 1 }; $a += @{ x = 2 }; $a.Count; foreach ($t in $a) { $t.x }", [2, 1, 2]],
  ["about_Return", "an array of one comes out as its element, of none as nothing", "function F { return @('a') }\nfunction G { return @() }\nF; $a = G; $null -eq $a; @(G).Count", ["a", true, 0]],
  ["about_Return", "all output of a function is its value, not only what is returned", "function F { 'noise'; return 'value' }\n(F).Count; $null = F", [2]],
  ["about_Return", "a hashtable comes out whole", "function F { return @{ a = 1; b = 2 } }\n(F).b", [2]],
  ["about_Foreach", "there is no turn for null or an empty array, one for a single object", "foreach ($a in $null) { 'null' }\nforeach ($a in @()) { 'empty' }\nforeach ($a in @{ x = 1 }) { $a.x }", [1]],
  ["about_Foreach", "the array is that of the start", "$a = @(1, 2); foreach ($x in $a) { $a += 9; $x }\n$a.Count", [1, 2, 4]],
  ["about_Foreach", "the loop is a statement with output", "$a = @(foreach ($x in 1, 2) { $x + 1 }); $a.Count; $a[1]", [2, 3]],
  ["about_Hash_Tables", "keys are found in any case; one that is not there gives null", "$t = @{ Ab = 1 }; $t.aB; $t['AB']; $null -eq $t['x']; $t.ContainsKey('AB'); $t.Count", [1, 1, true, true, 1]],
  ["about_Hash_Tables", "Remove of what is not there does nothing", "$t = @{ a = 1 }; $t.Remove('x'); $t.Remove('a'); $t.Count", [0]],
  ["about_Hash_Tables", "a hashtable is passed, not copied", "$t = @{ a = 1 }\nfunction F($u) { $u.a += 1 }\nF $t; $t.a", [2]],
  ["about_Scopes", "what a function assigns is its own, unless it says script:", "$a = 1; $b = 1\nfunction F { $a = 2; $script:b = 2; $a }\nF; $a; $b", [2, 1, 2]],
  ["about_Scopes", "a function sees the variables of its caller", "function F { $x }\nfunction G { $x = 'caller'; F }\nG", ["caller"]],
  ["about_Functions", "arguments go by position, the rest is $args", run_ + "Run p.exe 0 a b", ["a", "b"]],
  ["about_Splatting", "@args of none is no argument", "function F($a) { G @args }\nfunction G { 'ran' }\nF 1", ["ran"]],
  ["about_Automatic_Variables", "$LASTEXITCODE is that of the last program, wherever it ran", run_ + "$null = Run p.exe 3 a; $LASTEXITCODE; $null = Run p.exe 0; $LASTEXITCODE", [3, 0]],
  ["about_Automatic_Variables", "the output of a program is its lines; assigned to $null it is gone", run_ + "@(Run p.exe 0 a b).Count; $null = Run p.exe 0 a", [2]],
  ["about_Operators", "& runs the function that a string names", "function F($a) { 'F' + $a }\n$f = 'F'; & $f 1", ["F1"]],
  ["about_Operators", "the comma binds before -f", "'{0}-{1}' -f 1, 'b'", ["1-b"]],
  ["about_Arithmetic_Operators", "the left side says whether + joins strings or adds", "'a' + 1; 1 + 2; 5 - 7", ["a1", 3, -2]],
  ["about_Arithmetic_Operators", "% gives the remainder, and / a whole number if it is one", "7 % 2; 8 % 2; 8 / 2", [1, 0, 4]],
  ["about_Split", "-split gives the pieces", "$a, $b = '80 11' -split ' '; $a; $b", ["80", "11"]],
  ["about_Type_Conversion", "[int] of digits", "[int]'080' + 1", [81]],
  ["about_Quoting_Rules", "'' is ' in a verbatim string, and nothing else is special", "'a''b $x `n \"'", ["a'b $x `n \""]],
  ["about_Quoting_Rules", "typographic quotes in a verbatim string are quotes too", "'a\u2018\u2018b\u2019\u2019'", ["a\u2018b\u2019"]],
  ["String.StartsWith", "Ordinal goes by the characters", "'--ab'.StartsWith('--', 'Ordinal'); 'a'.StartsWith('A', 'Ordinal'); 'a'.StartsWith('', 'Ordinal')", [true, false, true]],
  ["Character Classes in Regular Expressions", ". is any character but a line feed", "'a=b' -cmatch '^(.*)=(.*)$'; $Matches[2]", [true, "b"]],
  ["about_Do", "do runs before it asks, while after", "$i = 0; do { $i += 1 } while ($i -lt 0); while ($i -lt 3) { $i += 1 }\n$i", [3]],
  ["about_If", "elseif and else", "foreach ($i in 1, 2, 3) { if ($i -eq 1) { 'a' } elseif ($i -eq 2) { 'b' } else { 'c' } }", ["a", "b", "c"]],
  ["about_Try_Catch_Finally", "an error of a cmdlet that stops can be caught; $_ is it", "try { Get-Content -LiteralPath 'Z:\\x'; 'not here' } catch { $_.Exception.Message }", ["there is no such file"]],
  ["about_Try_Catch_Finally", "finally runs after return and after an error, and its output counts", "function F { try { return 1 } finally { 2 } }\nF\ntry { try { Get-Content -LiteralPath 'Z:\\x' } finally { 3 } } catch { 4 }", [1, 2, 3, 4]],
  ["about_Try_Catch_Finally", "an error leaves the functions it passes", "$a = 'script'\nfunction F { $a = 'function'; Get-Content -LiteralPath 'Z:\\x' }\ntry { F } catch { $a }", ["script"]],
  ["about_Language_Keywords", "exit ends the script with a status", "$status = 12\n'a'\nexit $status\n'b'", ["a", "status 12"]],
  ["about_Assignment_Operators", "an assignment has no output, = of an expression keeps the array", "$a = @(1); $a.Count", [1]],
];

// What is a mistake, or what nobody has looked up: it must never run.
const refused = [
  ["a variable that is not set (Set-StrictMode)", "$nowhere"],
  ["a property that is not there (Set-StrictMode)", "$t = @{ a = 1 }; $t.b"],
  ["Count of what may be one object", "function F { 'a' }\n$a = F; $a.Count"],
  ["an element beyond the end", "@(1)[1]"],
  ["a number before a string: 1 + 'a' converts", "1 + 'a'"],
  ["comparison of a number and a string", "1 -eq '1'"],
  ["comparison of an array, which filters", "@(1, 2) -eq 1"],
  ["hashtable + hashtable", "@{ a = 1 } + @{ b = 2 }"],
  ["division, which rounds to even in [int]", "7 / 2"],
  ["more than 32 bits", "$a = 2000000000 + 200000000"],
  ["[int] of what is no number", "[int]'x'"],
  ["assignment to an automatic variable", "function F { $input = 1 }\nF"],
  ["script: of what the script does not have", "function F { $script:nowhere = 1 }\nF"],
  ["an argument too many", "function F($a) { }\nF 1 2"],
  ["an argument too few", "function F($a) { }\nF"],
  ["an unknown command", "Get-Nowhere"],
  ["an unknown parameter", "Get-Content -Path x"],
  ["a parameter by name for a function", "function F($a) { }\nF -a 1"],
  ["-match, which goes by the culture", "'a' -match 'A'"],
  ["an operator nobody looked up", "'a' -like 'a*'"],
  ["a regular expression nobody looked up", "'a' -cmatch 'a(?=b)'"],
  ["a string that expands", '$x = "a$y"'],
  ["a pipeline of two commands", "Write-Output 'a' | Write-Output 'b'"],
  ["the output of statements in a condition, $( )", "if ($(1)) { 2 }"],
  ["break", "foreach ($a in 1, 2) { break }"],
  ["exit inside a function", "function F { exit 3 }\nF"],
  ["a program while errors stop and its errors are redirected", "& 'Z:\\p.exe' 0 2>$null"],
  ["a program with its errors on the console", "function F { $ErrorActionPreference = 'Continue'; & 'Z:\\p.exe' 0 }\nF"],
  ["a function defined twice", "function F { }\nfunction f { }"],
  ["a function with the name of a cmdlet", "function Get-Content { }"],
  ["an error that nothing catches", "Get-Content -LiteralPath 'Z:\\x'"],
];

// about_Functions_Argument_Completion, Register-ArgumentCompleter: what a native completer
// gets, and that its variables are its own.
test("Register-ArgumentCompleter -Native", () => {
  const interpreter = new Interpreter(machine);
  interpreter.run(`${start}$a = 1
Register-ArgumentCompleter -Native -CommandName p -ScriptBlock {
  param($word, $ast, $cursor)
  $a = 2
  $word
  foreach ($element in $ast.CommandElements) { $element }
  [System.Management.Automation.CompletionResult]::new('x' + $cursor, 'x', 'ParameterValue', 'tip')
  if ($cursor -eq 3) { return }
  $a
}
`);
  const ast = new Hashtable([["CommandElements", ["p", "w"]]]);
  assert.deepEqual(interpreter.complete("p", "w", ast, 3), ["w", "p", "w", new CompletionResult("x3", "x", "ParameterValue", "tip")]);
  assert.equal(interpreter.complete("p", "w", ast, 4).at(-1), 2);
  assert.equal(interpreter.script.variables.get("a"), 1);
  assert.throws(() => new CompletionResult("", "x", "ParameterValue", "tip"), Unsupported);
});

for (const [topic, claim, script, want] of meanings) {
  test(`${topic}: ${claim}`, () => assert.deepEqual(run(script), want));
}

for (const [what, script] of refused) {
  test(`refused: ${what}`, () => assert.throws(() => run(script), Unsupported));
}
