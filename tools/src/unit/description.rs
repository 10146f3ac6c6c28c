//! `modelDescription.xml` (FMI 3.0, 2.4).

use std::fmt::Write as _;

use super::variables::{ATTACKS, Causality, Kind, Meaning, TOP_SPEED, Variable};
use crate::catalog::Choice;

/// The library's name in the unit, without its ending.
pub const MODEL: &str = "paratia_fmu";

/// The description of a system's unit.
#[must_use]
pub fn description(choice: &Choice, variables: &[Variable], token: &str) -> String {
    let (system, board) = (escaped(choice.name), escaped(choice.board.name));
    let summary = escaped(choice.system.summary);
    let mut xml = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?>
<fmiModelDescription fmiVersion="3.0" modelName="{system}" instantiationToken="{token}"
    description="{summary}, on {board}" generationTool="Paratia {version}" variableNamingConvention="flat">
  <CoSimulation modelIdentifier="{MODEL}" needsExecutionTool="true" canHandleVariableCommunicationStepSize="true"/>
  <UnitDefinitions>
    <Unit name="s"><BaseUnit s="1"/></Unit>
    <Unit name="m/s"><BaseUnit m="1" s="-1"/><DisplayUnit name="km/h" factor="3.6"/></Unit>
  </UnitDefinitions>
  <LogCategories>
    <Category name="{LOG_CONSOLE}" description="lines on consoles"/>
    <Category name="{LOG_EVENTS}" description="faults, verdicts, starts and halts"/>
  </LogCategories>
  <DefaultExperiment startTime="0" stopTime="20" stepSize="0.01"/>
  <ModelVariables>
"#,
        version = env!("CARGO_PKG_VERSION"),
    );
    for (reference, variable) in variables.iter().enumerate() {
        xml.push_str(&element(reference, variable));
    }
    xml.push_str("  </ModelVariables>\n  <ModelStructure>\n");
    let outputs = || {
        let numbered = variables.iter().enumerate();
        numbered.filter(|(_, it)| it.meaning.causality() == Causality::Output)
    };
    for kind in ["Output", "InitialUnknown"] {
        for (reference, _) in outputs() {
            // Writing to a string can't fail.
            let _ = writeln!(xml, r#"    <{kind} valueReference="{reference}"/>"#);
        }
    }
    xml + "  </ModelStructure>\n</fmiModelDescription>\n"
}

/// The log category of consoles.
pub const LOG_CONSOLE: &str = "logConsole";
/// The log category of events.
pub const LOG_EVENTS: &str = "logEvents";

/// A variable's element.
fn element(reference: usize, variable: &Variable) -> String {
    let kind = variable.meaning.kind();
    let attributes = format!(
        r#"name="{}" valueReference="{reference}" description="{}" {}"#,
        escaped(&variable.name),
        escaped(&variable.description),
        attributes(variable.meaning),
    );
    match (kind, variable.meaning.causality()) {
        (Kind::String, _) => {
            format!("    <String {attributes}>\n      <Start value=\"\"/>\n    </String>\n")
        }
        (Kind::Binary, _) => format!("    <Binary {attributes} mimeType=\"image/png\"/>\n"),
        _ => format!("    <{} {attributes}/>\n", kind.name()),
    }
}

/// The attributes that follow from what it stands for.
fn attributes(meaning: Meaning) -> String {
    let continuous = meaning.kind() == Kind::Float64;
    let causality = match meaning.causality() {
        Causality::Independent => return r#"causality="independent" unit="s""#.to_owned(),
        Causality::Parameter => return r#"causality="parameter" variability="fixed""#.to_owned(),
        Causality::Input => "input",
        Causality::Output => "output",
        Causality::Local => "local",
    };
    // What is shown changes with its frames.
    let variability = if continuous && causality == "input" {
        "continuous"
    } else {
        "discrete"
    };
    let mut text = format!(r#"causality="{causality}" variability="{variability}""#);
    if continuous {
        text.push_str(r#" unit="m/s""#);
    }
    text.push_str(&match meaning {
        Meaning::Speed(_) => format!(r#" min="0" max="{TOP_SPEED}" start="0""#),
        Meaning::Ignition(_) => r#" start="true""#.to_owned(),
        Meaning::Lamp(..) => r#" start="false""#.to_owned(),
        Meaning::Attack(_) => format!(r#" min="0" max="{ATTACKS}" start="0""#),
        _ => String::new(),
    });
    text
}

/// A text as an attribute's value (XML 1.0, 2.4).
fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_variable_has_its_element_and_each_output_is_listed() {
        let choice = crate::catalog::choose("qemu-virt", "cluster-bench").unwrap();
        let all = super::super::variables(&choice);
        let xml = description(&choice, &all, "token");
        for (reference, variable) in all.iter().enumerate() {
            let start = format!(
                r#"<{} name="{}" valueReference="{reference}""#,
                variable.meaning.kind().name(),
                variable.name
            );
            assert!(xml.contains(&start), "{start}");
            let is_output = variable.meaning.causality() == Causality::Output;
            let listed = format!(r#"<Output valueReference="{reference}"/>"#);
            assert_eq!(xml.contains(&listed), is_output, "{listed}");
        }
        assert!(xml.contains(r#"unit="m/s" min="0" max="100" start="0"/>"#));
        assert_eq!(escaped("a<\"b\"&"), "a&lt;&quot;b&quot;&amp;");
    }
}
