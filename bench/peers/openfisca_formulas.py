"""Sichuan's rules of 2018 as a small country package for OpenFisca-Core.

Usage: openfisca_formulas.py RECORDS.parquet OUT.parquet

A learning record is the single entity, a professional the group of their records. Hours are whole
hundredths, as the engine's own decimals are 32-bit floats.
"""

import sys

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from openfisca_core.entities import Entity, GroupEntity
from openfisca_core.indexed_enums import Enum, EnumArray
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import Simulation
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

PERIOD = "2018"

Record = Entity("record", "records", "A learning record", "")
Professional = GroupEntity("professional", "professionals", "A person and their records", "", [{"key": "study", "plural": "studies"}])

Activity = Enum(
    "Activity",
    "class distance advanced_seminar conference practice attachment overseas degree self_study publication exam teaching achievement sector_proof",
)
Subject = Enum("Subject", "general specialised elective")
Unit = Enum("Unit", "hours minutes days months thousand_characters exams credits")
# A score or a grade is neither pass nor fail; so is no result at all.
Result = Enum("Result", "other fail_ pass_")

PARAMETERS = {
    "asked": {
        "total": {"description": "Hours asked in a year", "values": {"2016-01-01": {"value": 9000}}},
        "specialised": {"description": "Specialised hours asked in a year", "values": {"2016-01-01": {"value": 6000}}},
    },
    "minutes_an_hour": {"description": "Minutes of an hour", "values": {"2016-01-01": {"value": 45}}},
    "writing": {
        "self_study": {"description": "Hours a thousand characters of self-study", "values": {"2016-01-01": {"value": 1}}},
        "publication": {"description": "Hours a thousand characters published", "values": {"2016-01-01": {"value": 2}}},
        "cap": {"description": "Hours of writing in a year at most", "values": {"2016-01-01": {"value": 5000}}},
    },
}


class activity(Variable):
    value_type = Enum
    possible_values = Activity
    default_value = Activity["class"]
    entity = Record
    definition_period = DateUnit.ETERNITY
    label = "Activity"


class subject(Variable):
    value_type = Enum
    possible_values = Subject
    default_value = Subject.general
    entity = Record
    definition_period = DateUnit.ETERNITY
    label = "Subject that the record states"


class unit(Variable):
    value_type = Enum
    possible_values = Unit
    default_value = Unit.hours
    entity = Record
    definition_period = DateUnit.ETERNITY
    label = "Unit of the quantity"


class result(Variable):
    value_type = Enum
    possible_values = Result
    default_value = Result.other
    entity = Record
    definition_period = DateUnit.ETERNITY
    label = "Result"


class quantity(Variable):
    value_type = int
    entity = Record
    definition_period = DateUnit.ETERNITY
    label = "Quantity in hundredths"


class proven(Variable):
    value_type = bool
    entity = Record
    definition_period = DateUnit.ETERNITY
    label = "Any proof is given"


class end(Variable):
    value_type = int
    entity = Record
    definition_period = DateUnit.ETERNITY
    label = "Day of completion, counted from 1970"


class writing(Variable):
    value_type = bool
    entity = Record
    definition_period = DateUnit.ETERNITY
    label = "Self-study or published work"

    def formula(record, period):
        kind = record("activity", period)
        return (kind == Activity.self_study) | (kind == Activity.publication)


class counts(Variable):
    value_type = bool
    entity = Record
    definition_period = DateUnit.YEAR
    label = "Completed in the year, with proof, not failed"

    def formula(record, period):
        first, last = (np.datetime64(str(day), "D").astype(np.int32) for day in (period.start, period.stop))
        day = record("end", period)
        return (day >= first) & (day <= last) & record("proven", period) & (record("result", period) != Result.fail_)


class actual_hours(Variable):
    value_type = int
    entity = Record
    definition_period = DateUnit.YEAR
    label = "Hours as actually studied"

    def formula_2016(record, period, parameters):
        kind, measure, amount = record("activity", period), record("unit", period), record("quantity", period)
        taught = (kind == Activity["class"]) | (kind == Activity.distance)
        other = (
            (kind == Activity.advanced_seminar)
            | (kind == Activity.conference)
            | (kind == Activity.practice)
            | (kind == Activity.attachment)
            | (kind == Activity.overseas)
            | (kind == Activity.degree)
        )
        recognised = taught | (other & (record("subject", period) != Subject.general))
        minutes = amount // parameters(period).minutes_an_hour
        hours = np.where(measure == Unit.hours, amount, np.where(measure == Unit.minutes, minutes, 0))
        return hours * (recognised & record("counts", period))


class writing_hours(Variable):
    value_type = int
    entity = Record
    definition_period = DateUnit.YEAR
    label = "Hours of self-study and published work, before the cap"

    def formula_2016(record, period, parameters):
        rates = parameters(period).writing
        kind = record("activity", period)
        rate = np.where(kind == Activity.publication, rates.publication, 0)
        rate = np.where((kind == Activity.self_study) & (record("result", period) == Result.pass_), rates.self_study, rate)
        accepted = record("counts", period) & (record("unit", period) == Unit.thousand_characters)
        return record("quantity", period) // 100 * 100 * rate * accepted


def of_subject(professional, period, member):
    """The person's hours as studied, of one subject."""
    hours = professional.members("actual_hours", period)
    return professional.sum(hours * (professional.members("subject", period) == member))


class general(Variable):
    value_type = int
    entity = Professional
    definition_period = DateUnit.YEAR
    label = "General hours"

    def formula(professional, period):
        return of_subject(professional, period, Subject.general)


class specialised(Variable):
    value_type = int
    entity = Professional
    definition_period = DateUnit.YEAR
    label = "Specialised hours, with writing up to its cap"

    def formula_2016(professional, period, parameters):
        written = professional.sum(professional.members("writing_hours", period))
        return of_subject(professional, period, Subject.specialised) + np.minimum(written, parameters(period).writing.cap)


class elective(Variable):
    value_type = int
    entity = Professional
    definition_period = DateUnit.YEAR
    label = "Elective hours"

    def formula(professional, period):
        return of_subject(professional, period, Subject.elective)


class total(Variable):
    value_type = int
    entity = Professional
    definition_period = DateUnit.YEAR
    label = "All hours"

    def formula(professional, period):
        return professional("general", period) + professional("specialised", period) + professional("elective", period)


class met(Variable):
    value_type = bool
    entity = Professional
    definition_period = DateUnit.YEAR
    label = "The year is complete"

    def formula_2016(professional, period, parameters):
        asked = parameters(period).asked
        return (professional("total", period) >= asked.total) & (professional("specialised", period) >= asked.specialised)


def system():
    """The rules, loaded."""
    made = TaxBenefitSystem([Record, Professional])
    made.parameters = ParameterNode(name="", data=PARAMETERS)
    made.add_variables(
        activity, subject, unit, result, quantity, proven, end, counts, actual_hours, writing_hours, general, specialised, elective, total, met
    )
    return made


def encode(column, of, name=lambda text: text.replace("-", "_"), otherwise=None):
    """A dictionary column as an array of an enumeration."""
    known = {member.name: member.index for member in of}
    places = np.array([known.get(name(text), otherwise) for text in column.dictionary.to_pylist()] + [otherwise or 0], dtype=np.uint8)
    indices = column.indices.fill_null(len(places) - 1) if column.null_count else column.indices
    return EnumArray(places[np.asarray(indices)], of)


def hundredths(column):
    """A decimal of two places as whole hundredths: the low half of its 128 bits."""
    low = np.frombuffer(column.buffers()[1], dtype=np.int64)
    return low[2 * column.offset : 2 * (column.offset + len(column)) : 2].astype(np.int32)


def main(records, out):
    """Reads the records, writes one row a person."""
    pa.set_cpu_count(2)
    table = pq.read_table(records, read_dictionary=["activity", "subject", "unit", "result", "evidence"]).combine_chunks()
    of = {name: table[name].chunk(0) for name in table.column_names}
    person = of["person"].dictionary_encode()

    rules = system()
    populations = rules.instantiate_entities()
    simulation = Simulation(rules, populations)
    populations["record"].count = table.num_rows
    populations["professional"].count = len(person.dictionary)
    populations["professional"].members_entity_id = np.asarray(person.indices)
    inputs = {
        "activity": encode(of["activity"], Activity),
        "subject": encode(of["subject"], Subject),
        "unit": encode(of["unit"], Unit),
        "result": encode(of["result"], Result, name=lambda text: f"{text}_", otherwise=Result.other.index),
        "quantity": hundredths(of["quantity"]),
        "proven": np.asarray(of["evidence"].is_valid()),
        "end": np.asarray(of["end"].cast(pa.int32())),
    }
    for name, values in inputs.items():
        simulation.set_input(name, PERIOD, values)

    met = simulation.calculate("met", PERIOD)
    columns = {"person": person.dictionary, "status": pa.DictionaryArray.from_arrays((~met).astype(np.int8), ["met", "short"])}
    columns |= {name: simulation.calculate(name, PERIOD).astype(np.int64) for name in ("general", "specialised", "elective", "total")}
    pq.write_table(pa.table(columns).sort_by("person"), out, compression="zstd")


if __name__ == "__main__":
    main(*sys.argv[1:])
