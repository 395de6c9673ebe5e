//! What code does, as a verb in each of its forms.

/// A verb that code is described by or named after. What is empty is formed by rule.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Verb {
    pub base: &'static str,
    past: &'static str,
    going: &'static str,
    pub chinese: &'static str,
}

const fn v(base: &'static str, chinese: &'static str) -> Verb {
    Verb { base, past: "", going: "", chinese }
}

const fn odd(base: &'static str, past: &'static str, going: &'static str, chinese: &'static str) -> Verb {
    Verb { base, past, going, chinese }
}

#[rustfmt::skip]
static VERBS: &[Verb] = &[
    v("accept", "接受"), v("acquire", "获取"), v("activate", "激活"), v("add", "添加"), v("adjust", "调整"), v("aggregate", "汇总"),
    v("allocate", "分配"), v("allow", "允许"), v("analyze", "分析"), v("append", "追加"), v("apply", "应用"), v("approve", "批准"),
    v("archive", "归档"), v("assemble", "组装"), v("assign", "分配"), v("attach", "附加"), v("authenticate", "认证"),
    v("authorize", "授权"), odd("begin", "begun", "beginning", "开始"), odd("bind", "bound", "", "绑定"), v("block", "阻止"),
    v("book", "登记"), odd("build", "built", "", "构建"), v("cache", "缓存"), v("calculate", "计算"), odd("cancel", "cancelled", "cancelling", "取消"),
    v("capture", "捕获"), odd("cast", "cast", "", "转换"), v("change", "更改"), v("charge", "收取"), v("check", "检查"),
    odd("choose", "chosen", "", "选择"), v("clean", "清理"), v("cleanup", "清理"), v("clear", "清除"), v("clone", "克隆"), v("close", "关闭"),
    v("collapse", "折叠"), v("collect", "收集"), v("combine", "合并"), odd("commit", "committed", "committing", "提交"), v("compare", "比较"),
    v("compile", "编译"), v("complete", "完成"), v("compose", "组合"), v("compress", "压缩"), v("compute", "计算"), v("configure", "配置"),
    v("confirm", "确认"), v("connect", "连接"), v("construct", "构造"), v("consume", "消费"), v("convert", "转换"), v("copy", "复制"),
    v("count", "统计"), v("create", "创建"), odd("debug", "debugged", "debugging", "调试"), v("decide", "判定"), v("decode", "解码"), v("decompress", "解压"),
    v("decorate", "装饰"), v("decrease", "减少"), v("decrypt", "解密"), v("deduct", "扣除"), v("define", "定义"), v("delete", "删除"),
    v("deliver", "交付"), v("deny", "拒绝"), v("describe", "描述"), v("deserialize", "反序列化"), v("destroy", "销毁"), v("detect", "检测"),
    v("determine", "确定"), v("disable", "禁用"), v("discard", "丢弃"), v("disconnect", "断开"), v("dispatch", "分派"), v("display", "显示"),
    v("distribute", "分发"), v("download", "下载"), odd("draw", "drawn", "", "绘制"), odd("drop", "dropped", "dropping", "丢弃"), v("dump", "转储"),
    v("emit", "发出"), v("enable", "启用"), v("encode", "编码"), v("encrypt", "加密"), v("enforce", "强制执行"), v("ensure", "确保"),
    v("escape", "转义"), v("estimate", "估算"), v("evaluate", "求值"), v("examine", "检查"), v("execute", "执行"), v("expand", "展开"),
    v("expire", "使过期"), v("explain", "解释"), v("export", "导出"), v("expose", "暴露"), v("extend", "扩展"), v("extract", "提取"),
    v("fetch", "获取"), v("fill", "填充"), v("filter", "过滤"), v("finalize", "最终确定"), odd("find", "found", "", "查找"), v("finish", "完成"),
    v("fix", "修复"), v("flatten", "展平"), v("flush", "刷新"), v("follow", "跟随"), odd("forbid", "forbidden", "forbidding", "禁止"), v("force", "强制"),
    odd("format", "formatted", "formatting", "格式化"), v("forward", "转发"), odd("freeze", "frozen", "", "冻结"), v("generate", "生成"),
    odd("give", "given", "", "给出"), v("grant", "授予"), v("group", "分组"), v("guess", "推测"), v("handle", "处理"), v("hash", "计算哈希"),
    odd("hide", "hidden", "", "隐藏"), v("identify", "识别"), v("ignore", "忽略"), v("implement", "实现"), v("import", "导入"),
    v("increase", "增加"), v("increment", "递增"), v("infer", "推断"), v("initialize", "初始化"), v("inject", "注入"), v("insert", "插入"),
    v("inspect", "检查"), v("install", "安装"), v("instantiate", "实例化"), v("interpret", "解释"), v("invalidate", "作废"), v("invoke", "调用"),
    v("issue", "签发"), v("iterate", "遍历"), v("join", "连接"), odd("keep", "kept", "", "保留"), v("launch", "启动"), v("limit", "限制"),
    v("link", "链接"), v("list", "列出"), v("load", "加载"), v("locate", "定位"), v("lock", "锁定"), odd("log", "logged", "logging", "记录"),
    odd("make", "made", "", "生成"), v("manage", "管理"), odd("map", "mapped", "mapping", "映射"), v("mark", "标记"), v("match", "匹配"), v("measure", "测量"),
    v("merge", "合并"), v("migrate", "迁移"), v("modify", "修改"), v("monitor", "监控"), v("mount", "挂载"), v("move", "移动"),
    v("multiply", "相乘"), v("negotiate", "协商"), v("normalize", "规范化"), v("note", "记录"), v("notify", "通知"), v("open", "打开"),
    v("override", "覆盖"), v("parse", "解析"), v("patch", "修补"), odd("pay", "paid", "", "支付"), v("perform", "执行"), v("pick", "挑选"),
    v("place", "下"), odd("plan", "planned", "planning", "规划"), odd("plot", "plotted", "plotting", "绘制"), v("populate", "填充"), v("post", "发布"), v("prefetch", "预取"),
    v("prepare", "准备"), v("preprocess", "预处理"), v("present", "呈现"), v("prevent", "阻止"), v("print", "打印"), v("process", "处理"),
    v("produce", "产生"), v("promise", "承诺"), v("promote", "提升"), v("protect", "保护"), v("provide", "提供"), v("prune", "修剪"), v("publish", "发布"),
    v("pull", "拉取"), v("purge", "清除"), v("push", "推送"), odd("put", "put", "putting", "放置"), v("query", "查询"), v("queue", "排队"),
    v("quote", "报价"), v("raise", "抛出"), v("randomize", "随机化"), v("rank", "排名"), odd("read", "read", "", "读取"), odd("rebuild", "rebuilt", "", "重建"),
    v("receive", "接收"), v("recommend", "推荐"), v("reconcile", "对账"), v("record", "记录"), v("recover", "恢复"), v("redeem", "核销"), v("redirect", "重定向"),
    v("reduce", "减少"), v("refresh", "刷新"), v("refund", "退还"), v("refuse", "拒绝"), v("register", "注册"), v("reject", "拒绝"),
    v("release", "释放"), v("reload", "重新加载"), v("remember", "记住"), v("remove", "移除"), v("rename", "重命名"), v("render", "渲染"),
    v("renew", "续期"), v("reorder", "重新排序"), v("repair", "修复"), v("repeat", "重复"), v("replace", "替换"), v("report", "报告"), v("represent", "表示"),
    v("request", "请求"), v("require", "要求"), v("reserve", "预留"), odd("reset", "reset", "resetting", "重置"), v("resolve", "解析"), v("restore", "恢复"),
    v("restrict", "限制"), v("retrieve", "取回"), v("retry", "重试"), v("return", "返回"), v("reverse", "反转"), v("revert", "回退"),
    v("revoke", "撤销"), v("rewind", "回绕"), odd("rewrite", "rewritten", "", "改写"), v("rotate", "轮换"), v("round", "取整"), v("route", "路由"),
    odd("run", "run", "running", "运行"), v("save", "保存"), odd("scan", "scanned", "scanning", "扫描"), v("schedule", "调度"), v("search", "搜索"), v("select", "选择"),
    odd("send", "sent", "", "发送"), v("separate", "分离"), v("serialize", "序列化"), v("serve", "提供"), odd("set", "set", "setting", "设置"), v("settle", "结算"),
    odd("ship", "shipped", "shipping", "发运"), odd("show", "shown", "", "显示"), odd("shut", "shut", "shutting", "关闭"), v("sign", "签名"), v("simplify", "化简"),
    odd("skip", "skipped", "skipping", "跳过"), v("solve", "求解"), v("sort", "排序"), odd("split", "split", "splitting", "拆分"), v("start", "启动"),
    odd("stop", "stopped", "stopping", "停止"), v("store", "存储"), odd("strip", "stripped", "stripping", "去除"), odd("submit", "submitted", "submitting", "提交"),
    v("subscribe", "订阅"), v("substitute", "替换"), v("subtract", "减去"), v("suggest", "建议"), v("summarize", "汇总"), v("suspend", "暂停"),
    odd("swap", "swapped", "swapping", "交换"), v("switch", "切换"), v("sync", "同步"), v("synchronize", "同步"), odd("take", "taken", "", "收取"), odd("teach", "taught", "", "教"),
    odd("tell", "told", "", "判断"), v("terminate", "终止"), v("test", "测试"), v("toggle", "切换"), v("tokenize", "分词"), v("track", "跟踪"),
    v("transfer", "转移"), v("transform", "转换"), v("translate", "翻译"), odd("trim", "trimmed", "trimming", "裁剪"), v("truncate", "截断"), v("try", "尝试"), v("turn", "转变"),
    v("unlock", "解锁"), v("unpack", "解包"), v("unregister", "注销"), v("update", "更新"), v("upgrade", "升级"), v("upload", "上传"),
    v("use", "使用"), v("validate", "校验"), v("verify", "验证"), v("visit", "访问"), v("vote", "投票"), v("wait", "等待"), v("walk", "遍历"), v("warn", "警告"),
    odd("wrap", "wrapped", "wrapping", "包装"), odd("write", "written", "", "写入"), v("yield", "产出"),
];

impl Verb {
    /// The verb with this base form: `charge`.
    pub(super) fn of(base: &str) -> Option<&'static Self> {
        VERBS.iter().find(|verb| verb.base == base)
    }

    /// The verb that a word is a form of, `charge` or `charges`; of a sentence's first word.
    pub(super) fn opening(word: &str) -> Option<&'static Self> {
        let word = word.to_ascii_lowercase();
        VERBS.iter().find(|verb| verb.base == word || verb.third() == word)
    }

    /// `charges`
    pub(super) fn third(&self) -> String {
        let base = self.base;
        match base.strip_suffix('y') {
            Some(stem) if ends_in_consonant(stem) => format!("{stem}ies"),
            _ if base.ends_with(['s', 'x', 'z', 'o']) || base.ends_with("ch") || base.ends_with("sh") => format!("{base}es"),
            _ => format!("{base}s"),
        }
    }

    /// `charged`
    pub(super) fn participle(&self) -> String {
        let base = self.base;
        match base.strip_suffix('y') {
            _ if !self.past.is_empty() => self.past.to_owned(),
            Some(stem) if ends_in_consonant(stem) => format!("{stem}ied"),
            _ if base.ends_with('e') => format!("{base}d"),
            _ => format!("{base}ed"),
        }
    }

    /// `charging`
    pub(super) fn gerund(&self) -> String {
        match self.base.strip_suffix('e') {
            _ if !self.going.is_empty() => self.going.to_owned(),
            Some(stem) if !stem.ends_with('e') => format!("{stem}ing"),
            _ => format!("{}ing", self.base),
        }
    }
}

fn ends_in_consonant(stem: &str) -> bool {
    !stem.is_empty() && !stem.ends_with(['a', 'e', 'i', 'o', 'u'])
}

#[cfg(test)]
mod tests {
    use super::{VERBS, Verb};

    #[test]
    fn forms_follow_the_rules_of_english() {
        for (base, third, participle, gerund) in [
            ("charge", "charges", "charged", "charging"),
            ("apply", "applies", "applied", "applying"),
            ("pay", "pays", "paid", "paying"),
            ("push", "pushes", "pushed", "pushing"),
            ("ship", "ships", "shipped", "shipping"),
            ("write", "writes", "written", "writing"),
            ("set", "sets", "set", "setting"),
            ("fix", "fixes", "fixed", "fixing"),
        ] {
            let verb = Verb::of(base).unwrap();
            assert_eq!((verb.third(), verb.participle(), verb.gerund()), (third.to_owned(), participle.to_owned(), gerund.to_owned()));
            assert_eq!(Verb::opening(third), Some(verb));
        }
        assert_eq!(Verb::opening("Order"), None);
    }

    #[test]
    fn a_verb_is_listed_once() {
        for pair in VERBS.windows(2) {
            assert!(pair[0].base < pair[1].base, "{} {}", pair[0].base, pair[1].base);
        }
    }
}
