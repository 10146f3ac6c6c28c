//! The structures that Xen's calls name, as guests of 64 bits lay them out (`xen/include/public`).

use zerocopy::{FromBytes, Immutable, IntoBytes};

/// Declares structures with these fields, all of them plain numbers.
macro_rules! structures {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $kind:ty,)+ })+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, Debug, Default, FromBytes, Immutable, IntoBytes)]
            #[repr(C)]
            #[allow(missing_docs, reason = "the fields are Xen's")]
            pub struct $name { $(pub $field: $kind,)+ }
        )+
    };
}

structures! {
    /// `xen_feature_info`.
    FeatureInfo { index: u32, features: u32, }
    /// `xen_hvm_param`.
    Parameter { domain: u16, pad: u16, index: u32, value: u64, }
    /// `xen_add_to_physmap`.
    AddToPhysmap { domain: u16, size: u16, space: u32, index: u64, frame: u64, }
    /// `gnttab_query_size`.
    QuerySize { domain: u16, pad: u16, frames: u32, most_frames: u32, status: i16, pad2: u16, }
    /// `gnttab_set_version` and others with one number.
    Number { number: u32, }
    /// `vcpu_register_vcpu_info`.
    RegisterInfo { frame: u64, offset: u32, pad: u32, }
    /// `evtchn_bind_interdomain`.
    BindInterdomain { remote_domain: u16, pad: u16, remote_port: u32, local_port: u32, }
    /// `evtchn_bind_virq`.
    BindVirq { number: u32, vcpu: u32, port: u32, }
    /// `evtchn_bind_ipi`.
    BindIpi { vcpu: u32, port: u32, }
    /// `evtchn_bind_vcpu`.
    BindVcpu { port: u32, vcpu: u32, }
    /// `evtchn_alloc_unbound`.
    AllocUnbound { domain: u16, remote_domain: u16, port: u32, }
    /// `evtchn_status`.
    Status { domain: u16, pad: u16, port: u32, status: u32, vcpu: u32, more: [u32; 2], }
    /// `evtchn_reset`.
    Reset { domain: u16, }
    /// `sched_poll`.
    Poll { ports: u64, count: u32, pad: u32, timeout: u64, }
}

/// Bytes of `vcpu_info`, and where its fields lie: the byte that says that an event is pending, and the
/// selector of the words in which.
pub const INFO_BYTES: u64 = 48;
/// See [`INFO_BYTES`].
pub const INFO_UPCALL: u64 = 0;
/// See [`INFO_BYTES`].
pub const INFO_SELECTOR: u64 = 8;
/// Bytes of `shared_info`, and where its words of pending and masked events lie.
pub const SHARED_BYTES: u64 = 1088;
/// See [`SHARED_BYTES`].
pub const SHARED_PENDING: u64 = 48;
/// See [`SHARED_BYTES`].
pub const SHARED_MASK: u64 = 560;

const _: () = assert!(size_of::<AddToPhysmap>() == 24 && size_of::<Parameter>() == 16);
const _: () = assert!(size_of::<QuerySize>() == 16 && size_of::<RegisterInfo>() == 16);
const _: () = assert!(size_of::<Status>() == 24 && size_of::<Poll>() == 24);
