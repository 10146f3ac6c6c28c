//! Getting and setting values (FMI 3.0, 2.2.6.2). All variables are scalars, so there is a value for each reference.

use std::ffi::{CString, c_char};

use super::{Component, array, call, text};
use crate::instance::{Answer, Instance, Status, error};

/// As many values as references.
fn matching(references: usize, values: usize) -> Answer<()> {
    if references == values {
        return Ok(());
    }
    error(format!(
        "{values} values for {references} value references; each variable is a scalar"
    ))
}

/// Gets scalars of one type into the importer's array.
///
/// # Safety
/// As `super` demands.
unsafe fn get<T>(
    instance: *mut Component,
    references: (*const u32, usize),
    values: (*mut T, usize),
    of: fn(&mut Instance, u32) -> Answer<T>,
) -> Status {
    // SAFETY: the caller promises it; the array of values is the importer's to fill, and nobody reads it meanwhile.
    unsafe {
        call(instance, |it| {
            matching(references.1, values.1)?;
            for (index, reference) in array(references.0, references.1).iter().enumerate() {
                values.0.add(index).write(of(&mut it.instance, *reference)?);
            }
            Ok(())
        })
    }
}

/// Sets scalars of one type: all of them, or those before the first that is refused.
///
/// # Safety
/// As `super` demands.
unsafe fn set<T: Copy>(
    instance: *mut Component,
    references: (*const u32, usize),
    values: (*const T, usize),
    to: impl Fn(&mut Instance, u32, T) -> Answer<()>,
) -> Status {
    // SAFETY: the caller promises it.
    unsafe {
        call(instance, |it| {
            matching(references.1, values.1)?;
            let pairs = array(references.0, references.1).iter();
            for (reference, value) in pairs.zip(array(values.0, values.1)) {
                to(&mut it.instance, *reference, *value)?;
            }
            Ok(())
        })
    }
}

/// The two functions of a type of numbers: what is got by an instance's function, and how a value becomes a number.
macro_rules! numbers {
    ($($type:ty: $getter:ident $setter:ident, $name:literal, $get:expr, $number:expr;)*) => {$(
        #[unsafe(no_mangle)]
        #[doc = concat!("`", stringify!($getter), "`.")]
        pub unsafe extern "C" fn $getter(
            instance: *mut Component, references: *const u32, count: usize, values: *mut $type, value_count: usize,
        ) -> Status {
            // SAFETY: the importer promises that the instance is ours and its pointers lead to as much as it counts.
            unsafe { get(instance, (references, count), (values, value_count), $get) }
        }

        #[unsafe(no_mangle)]
        #[doc = concat!("`", stringify!($setter), "`.")]
        pub unsafe extern "C" fn $setter(
            instance: *mut Component, references: *const u32, count: usize, values: *const $type, value_count: usize,
        ) -> Status {
            let number: fn($type) -> f64 = $number;
            // SAFETY: the importer promises that the instance is ours and its pointers lead to as much as it counts.
            unsafe {
                set(instance, (references, count), (values, value_count), |it, reference, value| {
                    it.set_number(reference, $name, number(value))
                })
            }
        }
    )*};
}

/// No variable is of this type: to get one is refused by its own type's name.
fn none<T>(instance: &mut Instance, reference: u32, name: &str) -> Answer<T> {
    instance.set_number(reference, name, 0.0)?;
    error(format!("there is no variable of type {name}"))
}

numbers! {
    f64: fmi3GetFloat64 fmi3SetFloat64, "Float64", Instance::float64, |it| it;
    i32: fmi3GetInt32 fmi3SetInt32, "Int32", Instance::int32, f64::from;
    u64: fmi3GetUInt64 fmi3SetUInt64, "UInt64", Instance::uint64, |it| it as f64;
    bool: fmi3GetBoolean fmi3SetBoolean, "Boolean", Instance::boolean, |it| u8::from(it).into();
    f32: fmi3GetFloat32 fmi3SetFloat32, "Float32", |it, at| none(it, at, "Float32"), f64::from;
    i8: fmi3GetInt8 fmi3SetInt8, "Int8", |it, at| none(it, at, "Int8"), f64::from;
    u8: fmi3GetUInt8 fmi3SetUInt8, "UInt8", |it, at| none(it, at, "UInt8"), f64::from;
    i16: fmi3GetInt16 fmi3SetInt16, "Int16", |it, at| none(it, at, "Int16"), f64::from;
    u16: fmi3GetUInt16 fmi3SetUInt16, "UInt16", |it, at| none(it, at, "UInt16"), f64::from;
    u32: fmi3GetUInt32 fmi3SetUInt32, "UInt32", |it, at| none(it, at, "UInt32"), f64::from;
    i64: fmi3GetInt64 fmi3SetInt64, "Int64", |it, at| none(it, at, "Int64"), |it| it as f64;
}

#[unsafe(no_mangle)]
/// `fmi3GetString`: texts that stay until the next are got.
pub unsafe extern "C" fn fmi3GetString(
    instance: *mut Component,
    references: *const u32,
    count: usize,
    values: *mut *const c_char,
    value_count: usize,
) -> Status {
    // SAFETY: the importer promises that the instance is ours and its pointers lead to as much as it counts; the array is the importer's to fill.
    unsafe {
        call(instance, |it| {
            matching(count, value_count)?;
            let mut strings = Vec::new();
            for reference in array(references, count) {
                let text = it.instance.string(*reference)?;
                strings.push(CString::new(text).unwrap_or_default());
            }
            it.strings = strings;
            for (index, text) in it.strings.iter().enumerate() {
                values.add(index).write(text.as_ptr());
            }
            Ok(())
        })
    }
}

#[unsafe(no_mangle)]
/// `fmi3SetString`.
pub unsafe extern "C" fn fmi3SetString(
    instance: *mut Component,
    references: *const u32,
    count: usize,
    values: *const *const c_char,
    value_count: usize,
) -> Status {
    // SAFETY: the importer promises that the instance is ours and its pointers lead to as much as it counts, of each text as well.
    unsafe {
        set(
            instance,
            (references, count),
            (values, value_count),
            |it, reference, value| it.set_string(reference, text(value)),
        )
    }
}

#[unsafe(no_mangle)]
/// `fmi3GetBinary`: bytes that stay until the next are got.
pub unsafe extern "C" fn fmi3GetBinary(
    instance: *mut Component,
    references: *const u32,
    count: usize,
    sizes: *mut usize,
    values: *mut *const u8,
    value_count: usize,
) -> Status {
    // SAFETY: the importer promises that the instance is ours and its pointers lead to as much as it counts; both arrays are the importer's to fill.
    unsafe {
        call(instance, |it| {
            matching(count, value_count)?;
            let mut binaries = Vec::new();
            for reference in array(references, count) {
                binaries.push(it.instance.binary(*reference)?);
            }
            it.binaries = binaries;
            for (index, bytes) in it.binaries.iter().enumerate() {
                sizes.add(index).write(bytes.len());
                values.add(index).write(bytes.as_ptr());
            }
            Ok(())
        })
    }
}
