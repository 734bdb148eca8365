// Reads what the package's entries export: declarations with their comments, as the compiler sees them.
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Called by the browser, not by anybody who reads this. */
const LIFECYCLE = ['observedAttributes', 'connectedCallback', 'disconnectedCallback', 'attributeChangedCallback'];

/** On one line. Optional members say so by their question mark, and not once more in their type. */
const oneLine = (node, source, optional = false) => {
  const text = node.getText(source).replaceAll(/\s*\n\s*/g, ' ').replace(/^\| /, '');
  return optional ? text.replace(/ \| undefined$/, '').replace(/^\((.*=>.*)\)$/, '$1') : text;
};

const hasModifier = (node, ...kinds) => ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some(({ kind }) => kinds.includes(kind));

/** The doc comment in front of a declaration, without its stars; '' if there is none. */
function commentOf(node) {
  const comment = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).at(-1);
  return ts.getTextOfJSDocComment(comment?.comment)?.replaceAll('\n', ' ').trim() ?? '';
}

const isInternal = (node) => ts.getJSDocTags(node).some(({ tagName }) => tagName.text === 'internal');

function isHidden(member) {
  if (isInternal(member) || hasModifier(member, ts.SyntaxKind.PrivateKeyword, ts.SyntaxKind.OverrideKeyword)) return true;
  if (ts.isConstructorDeclaration(member)) return true;
  return member.name !== undefined && (ts.isPrivateIdentifier(member.name) || LIFECYCLE.includes(member.name.getText()));
}

const parametersOf = ({ parameters }, source) =>
  parameters.map((parameter) => {
    const optional = parameter.questionToken !== undefined || parameter.initializer !== undefined;
    const type = parameter.type ? oneLine(parameter.type, source, optional) : ts.isStringLiteral(parameter.initializer) ? 'string' : 'unknown';
    return `${parameter.dotDotDotToken ? '...' : ''}${parameter.name.getText(source)}${optional ? '?' : ''}: ${type}`;
  });

const signatureOf = (node, name, source) =>
  `${name}(${parametersOf(node, source).join(', ')})${node.type ? `: ${oneLine(node.type, source)}` : ''}`;

function readMember(member, members, source) {
  const name = member.name.getText(source);
  const common = { name, comment: commentOf(member), fixed: hasModifier(member, ts.SyntaxKind.StaticKeyword) };
  if (ts.isMethodDeclaration(member) || ts.isMethodSignature(member)) {
    return { ...common, kind: 'method', signature: signatureOf(member, name, source) };
  }
  const optional = member.questionToken !== undefined;
  const readonly = ts.isGetAccessor(member)
    ? !members.some((other) => ts.isSetAccessor(other) && other.name.getText(source) === name)
    : hasModifier(member, ts.SyntaxKind.ReadonlyKeyword);
  return { ...common, kind: 'property', type: oneLine(member.type, source, optional), optional, readonly };
}

/** A class may extend a constant of the file that stands for another class: `const Base: typeof HTMLElement`. */
function baseOf(type, source) {
  const name = oneLine(type, source);
  const constants = source.statements.filter(ts.isVariableStatement).flatMap(({ declarationList }) => declarationList.declarations);
  const standIn = constants.find((constant) => constant.name.getText(source) === name)?.type;
  return standIn && ts.isTypeQueryNode(standIn) ? standIn.exprName.getText(source) : name;
}

function readDeclaration(node, name) {
  const source = node.getSourceFile();
  const common = { name, comment: commentOf(node) };
  if (ts.isFunctionDeclaration(node)) return { ...common, kind: 'function', signature: signatureOf(node, name, source) };
  if (ts.isTypeAliasDeclaration(node)) return { ...common, kind: 'type', text: node.getText(source).replace(/^export /, '') };
  if (ts.isClassDeclaration(node) || ts.isInterfaceDeclaration(node)) {
    const members = node.members.filter((member) => !isHidden(member) && !ts.isSetAccessor(member)).map((member) => readMember(member, node.members, source));
    const heritage = (node.heritageClauses ?? []).map(({ token, types }) => ({
      word: token === ts.SyntaxKind.ImplementsKeyword ? 'Implements' : 'Extends',
      bases: types.map((type) => baseOf(type, source)),
    }));
    return { ...common, kind: ts.isClassDeclaration(node) ? 'class' : 'interface', heritage, members };
  }
  throw new Error(`${name}: the reference has no form for a ${ts.SyntaxKind[node.kind]}`);
}

/** A class that is also an interface is read as the class. */
const mainDeclaration = ({ declarations }) => declarations.find(ts.isClassDeclaration) ?? declarations[0];

/** What each entry, a path below web/src, exports, in its order. */
export function readEntries(entries) {
  const paths = entries.map((entry) => `${root}web/src/${entry}`);
  const program = ts.createProgram(paths, { module: ts.ModuleKind.ESNext, moduleResolution: ts.ModuleResolutionKind.Bundler, target: ts.ScriptTarget.ES2022, noLib: true, types: [] });
  const checker = program.getTypeChecker();
  return paths.map((path, i) => {
    const file = program.getSourceFile(path);
    if (!file) throw new Error(`no ${path}`);
    const exported = checker.getExportsOfModule(checker.getSymbolAtLocation(file));
    return exported.map((symbol) => {
      const target = symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;
      if (!target.declarations) throw new Error(`${symbol.name}: exported by ${entries[i]}, but not declared`);
      return readDeclaration(mainDeclaration(target), symbol.name);
    });
  });
}
