// An interpreter of the few constructs of PowerShell that portreg's scripts have.
// Whatever it does not know, or what PowerShell does in a way that is easily got
// wrong, is Unsupported and ends it: no construct is passed over.
//
// Values: null; NOTHING, which a command without output gives and a variable can
// hold; booleans; integers; strings; arrays; Hashtable; FileItem. What a rule
// comes from is named as the help topic about_*.
import { parse } from "./grammar.mjs";
import { cmdlets } from "./cmdlets.mjs";
import { regex } from "./regex.mjs";
import { CompletionResult, FileItem, Hashtable, NOTHING, PSError, Unsupported, isArray, text } from "./values.mjs";

class Return {}
class Exit {
  constructor(status) {
    this.status = status;
  }
}

// Names that PowerShell sets itself; a script that assigns one means another.
const automatic = new Set(
  `? ^ $ _ args consolefilename error event eventargs eventsubscriber executioncontext false foreach home host input
  iscoreclr islinux ismacos iswindows lastexitcode matches myinvocation nestedpromptlevel null pid profile
  psboundparameters pscmdlet pscommandpath psculture psdebugcontext pshome psitem psscriptroot pssenderinfo
  psuiculture psversiontable pwd sender shellid stacktrace switch this true`.split(/\s+/),
);

// about_Scopes: a function sees the variables of its callers, and what it assigns
// is its own.
class Scope {
  variables = new Map();
  constructor(parent) {
    this.parent = parent;
  }
  find(name) {
    for (let scope = this; scope; scope = scope.parent) if (scope.variables.has(name)) return scope;
    return undefined;
  }
}

export class Interpreter {
  // machine has env(name), run(path, args) and the files that cmdlets.mjs uses;
  // print takes what the script sends to its output.
  constructor(machine, print) {
    this.machine = machine;
    this.print = print;
    this.functions = new Map();
    this.completers = new Map(); // of programs, by their names
    this.script = new Scope();
    this.scope = this.script;
    for (const [name, value] of [["true", true], ["false", false], ["null", null], ["erroractionpreference", "Continue"]]) {
      this.script.variables.set(name, value);
    }
  }

  // run gives the status that the script exits with; 0 if it has no exit.
  run(source) {
    try {
      this.statements(parse(source).children, this.print);
    } catch (signal) {
      if (signal instanceof Exit) return signal.status;
      if (signal instanceof PSError) throw new Unsupported(undefined, `an error that nothing catches: ${signal.message}`);
      throw signal;
    }
    return 0;
  }

  // Statements. out takes each object that one sends down the pipeline.

  statements(nodes, out) {
    for (const node of nodes) this.statement(node, out);
  }

  statement(node, out) {
    const rule = statements[node.type];
    if (!rule) throw new Unsupported(node, `statement ${node.type}`);
    rule.call(this, node, out);
  }

  block(node, out) {
    const [open, ...rest] = node.children;
    const close = rest.pop();
    expect(node, open.text === "{" && close.text === "}");
    this.statements(rest, out);
  }

  // condition takes what stands in ( ) of if and while.
  condition(node) {
    return truth(node, this.value(node));
  }

  // value gives what a pipeline comes to when it is used as a value: an expression
  // its value, whole; commands their output, which is nothing, one object, or an
  // array (about_Pipelines, about_Return).
  value(node) {
    if (node.type === "while_condition") return this.value(only(node));
    if (node.type !== "pipeline") throw new Unsupported(node, `value of ${node.type}`);
    const chain = only(node);
    if (chain.type !== "pipeline_chain") throw new Unsupported(chain, `${chain.type} as a value`);
    const part = only(chain);
    return part.type === "command" ? gathered(this.output((out) => this.command(part, out))) : this.expression(part);
  }

  output(work) {
    const objects = [];
    work((object) => objects.push(object));
    return objects;
  }

  // Commands

  command(node, out) {
    const parts = [...node.children];
    const called = parts[0].type === "command_invokation_operator";
    if (called) {
      expect(node, parts[0].text === "&");
      parts.shift();
    }
    const [head, elements, ...rest] = parts;
    expect(node, rest.length === 0);
    const name = called ? this.calledName(head) : head.text;
    expect(node, called || head.type === "command_name");
    const words = elements ? this.words(elements) : [];
    this.invoke(node, name, words, out);
  }

  // about_Operators: & runs what a string names.
  calledName(node) {
    expect(node, node.type === "command_name_expr");
    let part = only(node);
    if (part.type === "path_command_name") part = only(part);
    const name = this.expression(part);
    if (typeof name !== "string") throw new Unsupported(node, "& of what is no string");
    return name;
  }

  // words gives {parameter}, {value} or {discard}, in order.
  words(node) {
    const words = [];
    for (const part of node.children) {
      switch (part.type) {
        case "command_argument_sep":
          expect(part, /^ +$/.test(part.text));
          break;
        case "command_parameter":
          expect(part, /^-[A-Za-z]+$/.test(part.text));
          words.push({ parameter: part.text.slice(1).toLowerCase() });
          break;
        case "generic_token":
          words.push(this.genericWord(part));
          break;
        case "array_literal_expression":
          words.push(...this.argument(part));
          break;
        default:
          throw new Unsupported(part, `command element ${part.type}`);
      }
    }
    return words;
  }

  genericWord(node) {
    if (node.text === "2>$null") return { discard: true };
    expect(node, /^[A-Za-z][A-Za-z0-9.=]*$/.test(node.text)); // no wildcard, no number, no special character
    return { value: node.text };
  }

  argument(node) {
    const variable = sole(node);
    if (variable.type === "variable" && variable.text === "@args") {
      return this.read(variable, "args").map((value) => ({ value })); // about_Splatting
    }
    return [{ value: this.expression(node) }];
  }

  // about_Command_Precedence: functions before cmdlets before programs.
  invoke(node, name, words, out) {
    const definition = this.functions.get(name.toLowerCase());
    if (definition) return this.call(node, definition, words, out);
    const cmdlet = cmdlets[name.toLowerCase()];
    if (cmdlet) return this.cmdlet(node, cmdlet, words, out);
    if (/^[A-Z]:\\.*\.exe$/i.test(name)) return this.program(node, name, words, out);
    throw new Unsupported(node, `command ${name}`);
  }

  cmdlet(node, cmdlet, words, out) {
    const values = {};
    while (words.length) {
      const word = words.shift();
      const name = "parameter" in word ? word.parameter : "";
      const kind = cmdlet.parameters[name];
      if (!kind || name in values || word.discard) throw new Unsupported(node, `parameter ${JSON.stringify(word)}`);
      values[name] = kind === "switch" ? true : kind === "value" && name ? words.shift()?.value : word.value;
      if (values[name] === undefined) throw new Unsupported(node, `parameter ${name} without a value`);
    }
    if (cmdlet.fails && this.read(node, "erroractionpreference") !== "Stop") throw new Unsupported(node, "a cmdlet while errors do not stop");
    cmdlet.run.call(this, values, out);
  }

  // about_Functions: arguments go to parameters in order, what is left to $args.
  // Too few or too many are mistakes here.
  call(node, definition, words, out) {
    const values = words.map((word) => {
      if (!("value" in word)) throw new Unsupported(node, "a parameter by name for a function");
      return word.value === NOTHING ? null : word.value;
    });
    const scope = new Scope(this.scope);
    for (const parameter of definition.parameters) {
      if (!values.length) throw new Unsupported(node, `no argument for ${parameter}`);
      scope.variables.set(parameter, values.shift());
    }
    if (values.length && !definition.takesMore) throw new Unsupported(node, "too many arguments");
    scope.variables.set("args", values);
    const caller = this.scope;
    this.scope = scope;
    try {
      this.statements(definition.body, out);
    } catch (signal) {
      if (!(signal instanceof Return)) throw signal;
    } finally {
      this.scope = caller;
    }
  }

  // about_Functions_Argument_Completion: a native completer gets the word, the syntax
  // tree of the command and the place of the cursor.
  complete(name, word, ast, cursor) {
    const values = [word, ast, cursor].map((value) => ({ value }));
    return this.output((out) => this.call(undefined, this.completers.get(name), values, out));
  }

  // about_Redirection and about_Preference_Variables: redirected standard error
  // of a program ends a script of Windows PowerShell whose errors stop. The output
  // comes as lines; $LASTEXITCODE is of the whole session.
  program(node, path, words, out) {
    expect(node, words.filter((word) => word.discard).length === 1 && words.at(-1).discard);
    if (this.read(node, "erroractionpreference") !== "Continue") throw new Unsupported(node, "redirected errors that stop");
    if (this.read(node, "psnativecommanduseerroractionpreference") !== false) throw new Unsupported(node, "a status that is an error");
    const values = words.slice(0, -1).map((word) => {
      if (!("value" in word)) throw new Unsupported(node, "a parameter for a program");
      return text(node, word.value);
    });
    const { status, lines } = this.machine.run(path, values);
    this.script.variables.set("lastexitcode", status);
    lines.forEach(out);
  }

  // Variables

  // read gives the value of a variable; one that is not set is an error with
  // strict mode (Set-StrictMode), and never what a script wants.
  read(node, name) {
    const scope = this.scope.find(name);
    if (!scope) throw new Unsupported(node, `variable ${name} is not set`);
    return scope.variables.get(name);
  }

  variable(node) {
    const [, place, name] = /^\$(?:([a-z]+):)?([A-Za-z_][A-Za-z_0-9]*)$/.exec(node.text) ?? [];
    if (!name) throw new Unsupported(node, `variable ${node.text}`);
    if (place === "env") return this.machine.env(name);
    if (place === undefined) return this.read(node, name.toLowerCase());
    expect(node, place === "script" && this.script.variables.has(name.toLowerCase()));
    return this.script.variables.get(name.toLowerCase());
  }

  assign(node, value) {
    const target = sole(node);
    if (target.type === "variable") return this.assignVariable(target, value);
    if (target.type === "member_access" || target.type === "element_access") {
      const [object, key] = this.reference(target);
      return object.set(key, value);
    }
    if (target.type === "array_literal_expression") return this.assignEach(target, value);
    throw new Unsupported(target, `assignment to ${target.type}`);
  }

  assignVariable(node, value) {
    const [, place, name] = /^\$(script:)?([A-Za-z_]+)$/.exec(node.text) ?? [];
    if (name === "null" && !place) return;
    if (!name || (automatic.has(name.toLowerCase()) && !place)) throw new Unsupported(node, `assignment to ${node.text}`);
    const scope = place ? this.script : this.scope;
    if (place) expect(node, scope.variables.has(name.toLowerCase()));
    scope.variables.set(name.toLowerCase(), value);
  }

  // about_Assignment_Operators: $a, $b = an array of as many.
  assignEach(node, value) {
    const targets = node.children.filter((part) => part.type !== ",");
    expect(node, isArray(value) && value.length === targets.length);
    targets.forEach((target, i) => this.assign(target, value[i]));
  }

  // reference gives the hashtable and the key that a.b or a[b] stands for.
  reference(node) {
    const [base, sign, key, ...rest] = node.children;
    const object = this.expression(base);
    if (!(object instanceof Hashtable)) throw new Unsupported(node, `assignment into ${kind(object)}`);
    if (node.type === "member_access") return [object, memberName(node, sign, key, rest)];
    return [object, this.expression(key)];
  }

  // Expressions

  expression(node) {
    const inner = sole(node);
    const rule = expressions[inner.type];
    if (!rule) throw new Unsupported(inner, `expression ${inner.type}`);
    return rule.call(this, inner);
  }

  binary(node) {
    const [left, operator, right, ...rest] = node.children;
    expect(node, rest.length === 0 && right !== undefined);
    const sign = operator.text.toLowerCase();
    if (sign === "-and") return truth(left, this.expression(left)) && truth(right, this.expression(right));
    if (sign === "-or") return truth(left, this.expression(left)) || truth(right, this.expression(right));
    const rule = operators[sign];
    if (!rule) throw new Unsupported(operator, `operator ${operator.text}`);
    return rule.call(this, node, unwrap(this.expression(left)), unwrap(this.expression(right)));
  }
}

// A node of one of these types with one child is that child.
const passing = new Set(
  `logical_expression bitwise_expression comparison_expression additive_expression multiplicative_expression
  format_expression range_expression array_literal_expression unary_expression argument_expression
  logical_argument_expression bitwise_argument_expression comparison_argument_expression additive_argument_expression
  multiplicative_argument_expression format_argument_expression range_argument_expression left_assignment_expression
  string_literal integer_literal`.split(/\s+/),
);

function sole(node) {
  const parts = node.children;
  return passing.has(node.type) && parts.length === 1 ? sole(parts[0]) : node;
}

function only(node) {
  const parts = node.children;
  expect(node, parts.length === 1);
  return parts[0];
}

function expect(node, condition) {
  if (!condition) throw new Unsupported(node, "this form");
}

function kind(value) {
  if (value === null || value === NOTHING) return "null";
  if (isArray(value)) return "an array";
  return value.constructor.name;
}

function unwrap(value) {
  return value === NOTHING ? null : value;
}

// gathered is what the output of commands is as a value.
function gathered(objects) {
  if (objects.length === 0) return NOTHING;
  return objects.length === 1 ? objects[0] : objects;
}

// enumerate sends a value down the pipeline: the elements of an array, one level
// of it, and of nothing none. A hashtable is one object (about_Pipelines).
function enumerate(value, out) {
  if (value === NOTHING) return;
  if (isArray(value)) value.forEach(out);
  else out(value);
}

// about_Booleans: false are null, 0, the empty string, the empty array and an
// array of one element that is.
function truth(node, value) {
  if (isArray(value)) return value.length > 1 || (value.length === 1 && truth(node, value[0]));
  if (value === null || value === NOTHING) return false;
  return value instanceof Hashtable || value instanceof FileItem || Boolean(value);
}

const statements = {
  statement_list(node, out) {
    this.statements(node.children, out);
  },
  empty_statement() {},
  pipeline(node, out) {
    const part = only(node);
    if (part.type === "assignment_expression") return this.statement(part, out);
    expect(node, part.type === "pipeline_chain");
    const inner = only(part);
    if (inner.type === "command") this.command(inner, out);
    else enumerate(this.expression(inner), out);
  },
  assignment_expression(node) {
    const [target, operator, source, ...rest] = node.children;
    expect(node, rest.length === 0);
    const value = this.value(source);
    if (operator.text === "=") return this.assign(target, value);
    expect(operator, operator.text === "+=");
    this.assign(target, operators["+"].call(this, node, this.expression(target), unwrap(value)));
  },
  function_statement(node) {
    const parts = node.children;
    expect(node, parts[0].text === "function");
    const declaration = parts.find((part) => part.type === "function_parameter_declaration");
    const list = declaration && declaration.children.find((part) => part.type === "parameter_list");
    const parameters = list ? list.children.filter((part) => part.type === "script_parameter").map(parameterName) : [];
    const body = parts.find((part) => part.type === "script_block");
    const name = parts[1].text.toLowerCase();
    expect(node, !this.functions.has(name) && !(name in cmdlets) && this.scope === this.script);
    this.functions.set(name, {
      parameters,
      body: body ? [only(only(body))] : [],
      takesMore: Boolean(body) && body.text.includes("@args"),
    });
  },
  if_statement(node, out) {
    const [word, open, test, close, block, ...rest] = node.children;
    expect(node, word.text === "if" && open.text === "(" && close.text === ")");
    if (this.condition(test)) return this.block(block, out);
    for (const clause of rest.flatMap((part) => (part.type === "elseif_clauses" ? part.children : [part]))) {
      const parts = clause.children;
      if (clause.type === "else_clause") return this.block(parts[1], out);
      expect(clause, clause.type === "elseif_clause");
      if (this.condition(parts[2])) return this.block(parts[4], out);
    }
  },
  // about_Foreach: of null and of nothing there is no turn, of one object one. The
  // array is that of the start, since += makes another.
  foreach_statement(node, out) {
    const [, open, variable, word, source, close, block, ...rest] = node.children;
    expect(node, open.text === "(" && word.text === "in" && close.text === ")" && rest.length === 0);
    const value = this.value(source);
    const objects = value === null ? [] : this.output((take) => enumerate(value, take));
    for (const object of objects) {
      this.assignVariable(variable, object);
      this.block(block, out);
    }
  },
  while_statement(node, out) {
    const [, , test, , block, ...rest] = node.children;
    expect(node, rest.length === 0);
    while (this.condition(test)) this.block(block, out);
  },
  do_statement(node, out) {
    const [, block, word, , test] = node.children;
    expect(node, word.text === "while");
    do this.block(block, out);
    while (this.condition(test));
  },
  // about_Return: what is returned goes down the pipeline.
  flow_control_statement(node, out) {
    const [word, source, ...rest] = node.children;
    expect(node, rest.length === 0);
    switch (word.text) {
      case "return":
        if (source) enumerate(this.value(source), out);
        throw new Return();
      case "exit": {
        const status = this.value(source);
        expect(node, Number.isInteger(status) && this.scope === this.script);
        throw new Exit(status);
      }
    }
    throw new Unsupported(node, word.text);
  },
  // about_Try_Catch_Finally: finally runs whatever ends try.
  try_statement(node, out) {
    const [, block, ...clauses] = node.children;
    const handler = clauses.find((clause) => clause.type === "catch_clauses");
    const last = clauses.find((clause) => clause.type === "finally_clause");
    const scope = this.scope;
    try {
      this.block(block, out);
    } catch (signal) {
      if (!(signal instanceof PSError) || !handler) throw signal;
      this.scope = scope;
      this.caught(only(handler), signal, out);
    } finally {
      if (last) this.block(last.children[1], out);
    }
  },
};

Interpreter.prototype.caught = function (node, error, out) {
  const [, block, ...rest] = node.children;
  expect(node, rest.length === 0);
  const record = new Hashtable([["exception", new Hashtable([["message", error.message]])]]);
  const before = this.scope.variables.get("_");
  this.scope.variables.set("_", record);
  this.block(block, out);
  this.scope.variables.set("_", before);
};

function parameterName(node) {
  expect(node, /^\$[A-Za-z]+$/.test(node.text) && !automatic.has(node.text.slice(1).toLowerCase()));
  return node.text.slice(1).toLowerCase();
}

function memberName(node, sign, name, rest) {
  expect(node, sign.text === "." && name.type === "member_name" && rest.length === 0);
  expect(node, only(name).type === "simple_name");
  return name.text;
}

const expressions = {
  logical_expression: binary,
  comparison_expression: binary,
  additive_expression: binary,
  multiplicative_expression: binary,
  format_expression: binary,
  argument_expression: binary,
  additive_argument_expression: binary,
  variable(node) {
    return this.variable(node);
  },
  // about_Quoting_Rules: '' is ' in a verbatim string; typographic quotes are quotes.
  verbatim_string_characters(node) {
    return node.text.slice(1, -1).replace(/['\u2018-\u201b]{2}/g, ([, quote]) => quote);
  },
  // about_Script_Blocks
  script_block_expression(node) {
    const block = node.children[1];
    const [head, body, ...rest] = block.children;
    expect(node, block.type === "script_block" && head.type === "param_block" && rest.length === 0);
    const list = head.children.find((part) => part.type === "parameter_list");
    return { parameters: list.children.filter((part) => part.type === "script_parameter").map(parameterName), body: [only(body)], takesMore: false };
  },
  decimal_integer_literal(node) {
    expect(node, /^[0-9]{1,9}$/.test(node.text));
    return Number(node.text);
  },
  // about_Arrays: the comma makes an array of its operands.
  array_literal_expression(node) {
    return node.children
      .filter((part) => part.type !== ",")
      .map((part) => unwrap(this.expression(part)));
  },
  // about_Arrays: @( ) is an array of all that the statements send, also of none
  // or one.
  array_expression(node) {
    const inner = node.children.slice(1, -1);
    return this.output((out) => this.statements(inner, out));
  },
  parenthesized_expression(node) {
    const [, source, ...rest] = node.children;
    expect(node, rest.length === 1);
    return this.value(source);
  },
  // about_Hash_Tables: keys are the same in any case.
  hash_literal_expression(node) {
    const table = new Hashtable();
    const body = node.children.find((part) => part.type === "hash_literal_body");
    for (const entry of body ? body.children : []) {
      const [key, , source] = entry.children;
      expect(entry, only(key).type === "simple_name" && !table.has(key.text));
      table.set(key.text, this.value(source));
    }
    return table;
  },
  // With strict mode 2, a property that is not there is an error.
  member_access(node) {
    const [base, sign, key, ...rest] = node.children;
    const name = memberName(node, sign, key, rest);
    const object = this.expression(base);
    if (isArray(object) && name === "Count") return object.length;
    if (object instanceof Hashtable && object.has(name)) return object.get(name);
    if (object instanceof Hashtable && name === "Count") return object.size;
    if (object instanceof FileItem && name in object) return object[name];
    throw new Unsupported(node, `property ${name} of ${kind(object)}`);
  },
  // A key that a hashtable lacks gives null; an array has no place beyond its end
  // here.
  element_access(node) {
    const [base, , key, ...rest] = node.children;
    expect(node, rest.length === 1);
    const object = this.expression(base);
    const index = this.expression(key);
    if (object instanceof Hashtable) return object.has(index) ? object.get(index) : null;
    if (isArray(object) && Number.isInteger(index) && index >= 0 && index < object.length) return object[index];
    throw new Unsupported(node, `element of ${kind(object)}`);
  },
  invokation_expression(node) {
    const [base, sign, key, list, ...rest] = node.children;
    const values = list.children.find((part) => part.type === "argument_expression_list");
    const given = values ? values.children.filter((part) => part.type !== ",") : [];
    const give = () => given.map((part) => this.expression(part));
    if (base.type === "type_literal") {
      expect(node, base.text + sign.text + key.text === "[System.Management.Automation.CompletionResult]::new" && rest.length === 0);
      return new CompletionResult(...give());
    }
    const name = memberName(node, sign, key, rest);
    const object = this.expression(base);
    const method = object instanceof Hashtable ? methods[name] : typeof object === "string" && stringMethods[name];
    if (!method) throw new Unsupported(node, `method ${name} of ${kind(object)}`);
    return method(object, ...give());
  },
  expression_with_unary_operator(node) {
    const parts = node.children;
    if (parts.length === 1 && parts[0].type === "cast_expression") return cast.call(this, parts[0]);
    expect(node, parts.length === 2 && parts[0].text === "-not");
    return !truth(parts[1], this.expression(parts[1]));
  },
};

function binary(node) {
  return this.binary(node);
}

// Of a method without result there is no output.
const methods = {
  ContainsKey: (table, key) => table.has(key),
  Remove: (table, key) => {
    table.delete(key);
    return NOTHING;
  },
};

// String.StartsWith(String, StringComparison), the latter by its name.
const stringMethods = {
  StartsWith(value, start, comparison) {
    if (typeof start !== "string" || comparison !== "Ordinal") throw new Unsupported(undefined, `StartsWith by ${comparison}`);
    return value.startsWith(start);
  },
};

// about_Type_Conversion: here only what is all digits becomes a number.
function cast(node) {
  const [type, operand, ...rest] = node.children;
  expect(node, type.text === "[int]" && rest.length === 0);
  const value = this.expression(operand);
  if (Number.isInteger(value)) return value;
  if (typeof value === "string" && /^[0-9]{1,9}$/.test(value)) return Number(value);
  throw new Unsupported(node, `[int] of ${JSON.stringify(value)}`);
}

function integers(node, a, b) {
  if (!Number.isInteger(a) || !Number.isInteger(b)) throw new Unsupported(node, `${kind(a)} and ${kind(b)} as numbers`);
}

function integer(node, n) {
  if (n < -(2 ** 31) || n >= 2 ** 31) throw new Unsupported(node, "an integer of more than 32 bits");
  return n;
}

// about_Comparison_Operators: the right side is compared as what the left one is,
// strings in any case of letters; null is only like null.
function equal(node, a, b) {
  if (isArray(a) || isArray(b)) throw new Unsupported(node, "comparison of arrays");
  if (a === null || b === null) return a === b;
  if (typeof a === "string" && typeof b === "string") return fold(a) === fold(b);
  if (typeof a === typeof b && typeof a !== "object") return a === b;
  throw new Unsupported(node, `comparison of ${kind(a)} and ${kind(b)}`);
}

function fold(s) {
  if (!/^[\x00-\x7f]*$/.test(s)) throw new Unsupported(undefined, "comparison of letters beyond ASCII");
  return s.toLowerCase();
}

function ordered(test) {
  return function (node, a, b) {
    integers(node, a, b);
    return test(a, b);
  };
}

// about_Regular_Expressions: a match sets $Matches, to the groups that took part;
// no match leaves it.
function matching(node, a, b) {
  if (typeof a !== "string" || typeof b !== "string") throw new Unsupported(node, `match of ${kind(a)}`);
  const found = regex(node, b).exec(a);
  if (!found) return false;
  this.scope.variables.set("matches", new Hashtable([...found.entries()].filter(([, group]) => group !== undefined)));
  return true;
}

const operators = {
  "-eq": equal,
  "-ne": (node, a, b) => !equal(node, a, b),
  "-lt": ordered((a, b) => a < b),
  "-le": ordered((a, b) => a <= b),
  "-gt": ordered((a, b) => a > b),
  "-ge": ordered((a, b) => a >= b),
  "-cmatch": matching,
  "-notcontains"(node, a, b) {
    expect(node, isArray(a));
    return !a.some((element) => equal(node, element, b));
  },
  "-split"(node, a, b) {
    expect(node, typeof a === "string" && b === " ");
    return a.split(" ");
  },
  "%"(node, a, b) {
    integers(node, a, b);
    return a % b;
  },
  // about_Arithmetic_Operators: a quotient that is no whole number is a double, which
  // no script is to have.
  "/"(node, a, b) {
    integers(node, a, b);
    expect(node, b !== 0 && a % b === 0);
    return a / b;
  },
  // about_Arithmetic_Operators: the left side decides. To a number a string would
  // be converted: that is a mistake here.
  "+"(node, a, b) {
    if (isArray(a)) return isArray(b) ? [...a, ...b] : [...a, b];
    if (typeof a === "string") return a + text(node, b);
    integers(node, a, b);
    return integer(node, a + b);
  },
  "-"(node, a, b) {
    integers(node, a, b);
    return integer(node, a - b);
  },
  // about_Operators: {n} is the nth of what stands on the right.
  "-f"(node, a, b) {
    const values = isArray(b) ? b : [b];
    expect(node, typeof a === "string" && !/[{}]/.test(a.replace(/\{[0-9]\}/g, "")));
    return a.replace(/\{([0-9])\}/g, (_, i) => {
      expect(node, Number(i) < values.length);
      return text(node, values[i]);
    });
  },
};
