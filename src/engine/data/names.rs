//! What columns are called: the usual names of each role, in English, Chinese and a few languages of Europe.

/// A role that a column can have in a ratings file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// Who rated.
    User,
    /// What was rated.
    Item,
    /// The rating.
    Rating,
    /// When.
    Time,
}

/// The usual names, without case, spaces and punctuation; the earlier one is taken.
const USER: &str = "\
    user userid uid users username userindex useridx customer customerid custid reviewer reviewerid profileid \
    memberid member visitorid clientid client accountid personid person raterid rater readerid reader viewerid \
    viewer listener playerid player steamid sessionid usermboxsha1 usersha1 userkey usernum userno buyer buyerid \
    subject critic reviewername profilename who 用户 用户id 用户编号 用户名 用户标识 用户序号 顾客 顾客id \
    客户 客户id 客户编号 会员 会员id 会员编号 读者 读者id 观众 观众id 评论者 买家 使用者 使用者id nutzer nutzerid \
    benutzer benutzerid kunde kundenid kundennummer utilisateur utilisateurid idutilisateur usuario idusuario \
    usuarioid usuário utente idutente";
const ITEM: &str = "\
    item itemid iid items itemindex itemidx movie movieid film filmid book bookid isbn isbn13 product productid \
    asin parentasin artist artistid track trackid song songid game gameid appid app business businessid animeid \
    anime jokeid joke showid show seriesid albumid album articleid article newsid videoid video videogame courseid \
    course recipeid recipe restaurantid restaurant placeid place venueid venue locationid poiid hotelid hotel \
    beerid beerbeerid wineid wine paperid docid documentid contentid objectid eventid sku skuid goodsid itemno \
    itemnum tmdbid imdbid musicbrainzartistid artid traid what 物品 物品id 物品编号 项目 项目id 商品 商品id \
    商品编号 产品 产品id 电影 电影id 电影编号 影片 影片id 图书 图书id 书籍 书籍id 书 书号 歌曲 歌曲id 音乐 音乐id \
    歌手 艺术家 游戏 游戏id 视频 视频id 课程 课程id 文章 文章id 店铺 餐厅 條目 项目编号 artikel artikelid \
    artikelnummer produkt produktid buch buchid spiel livre produit produitid idfilm pelicula película idpelicula \
    producto idproducto libro produto prodotto title itemname movietitle booktitle moviename itemtitle gametitle \
    songname artistname productname name 标题 电影名 电影名称 影片名 商品名 商品名称 书名 歌名 名称 片名 titel";
const RATING: &str = "\
    rating ratings score stars value overall bookrating userrating ratingvalue movierating itemrating myrating \
    yourrating reviewoverall reviewrating reviewscore userscore ratingscore starrating overallrating star rate rank \
    grade mark points point vote votes preference label target like likes liked isliked recommended isrecommended clicked click bought purchased plays playcount playcounts listens listencount \
    weight count counts frequency freq quantity qty purchases clicks views hours hoursplayed playtime \
    playtimeforever times response feedback interaction y r 评分 打分 分数 得分 评级 星级 用户评分 电影评分 \
    评价分数 我的评分 个人评分 評分 评价 权重 播放次数 播放量 次数 点击次数 购买次数 数量 喜好 偏好 bewertung wertung sterne note \
    noten punkte étoiles etoiles evaluation calificacion calificación puntuacion puntuación valoracion valoración \
    estrellas nota avaliação avaliacao valutazione voto punteggio";
const TIME: &str = "\
    timestamp time ts unixtime unixreviewtime seconds unixtimestamp timestamps epoch datetime date reviewtime \
    createdat created createdtime updatedat ratedat rateddate ratingdate ratingtime ratingtimestamp reviewdate \
    dateadded dateread daterated watchedat eventtime eventtimestamp playedat lastplayed when day 时间戳 时间 \
    评分时间 日期 评分日期 打分时间 评论时间 购买时间 下单时间 点击时间 播放时间 创建时间 時間 zeit zeitstempel \
    datum uhrzeit dateetheure fecha hora data heure horodatage";

/// No role has more names.
const NAMES: usize = 1_000;

/// Parts of a longer name that speak for a role.
const PARTS: [(&[&str], Role); 4] = [
    (
        &[
            "user",
            "customer",
            "reviewer",
            "member",
            "viewer",
            "listener",
            "reader",
            "用户",
            "顾客",
            "客户",
            "会员",
            "读者",
            "使用者",
        ],
        Role::User,
    ),
    (
        &[
            "item", "movie", "film", "book", "product", "artist", "track", "song", "game", "anime", "asin", "isbn",
            "物品", "商品", "电影", "影片", "图书", "书籍", "歌曲", "游戏", "视频", "产品", "项目",
        ],
        Role::Item,
    ),
    (&["rating", "score", "stars", "plays", "评分", "打分", "得分", "次数"], Role::Rating),
    (&["timestamp", "time", "date", "时间", "日期"], Role::Time),
];

/// Parts that make a name speak of many ratings, or of something else.
const NOT: &[&str] = &[
    "average", "avg", "mean", "count", "total", "num", "平均", "age", "gender", "label", "text", "summary", "url",
    "genre",
];

impl Role {
    /// All roles, in the order in which columns are given to them.
    pub const ALL: [Self; 4] = [Self::User, Self::Item, Self::Rating, Self::Time];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Item => "item",
            Self::Rating => "rating",
            Self::Time => "time",
        }
    }

    fn names(self) -> impl Iterator<Item = &'static str> {
        let names = match self {
            Self::User => USER,
            Self::Item => ITEM,
            Self::Rating => RATING,
            Self::Time => TIME,
        };
        names.split_whitespace()
    }

    /// How well a header cell names this role: smaller is better, `None` where it does not.
    #[must_use]
    pub fn fit(self, cell: &str) -> Option<usize> {
        let plain = plain(cell);
        if let Some(at) = self.names().position(|name| name == plain) {
            return Some(at);
        }
        let words = words(cell);
        let speaks =
            |part: &&str| if part.is_ascii() { words.iter().any(|word| word == part) } else { has(&plain, part) };
        let own = PARTS.iter().find(|(_, role)| *role == self).is_some_and(|(parts, _)| parts.iter().any(&speaks));
        let against = NOT.iter().any(&speaks);
        // A name that is an id says more than one that is not.
        let is_id = words.iter().any(|word| word == "id" || word == "no" || word == "key");
        (own && !against).then(|| NAMES + usize::from(!is_id) + words.len())
    }

    /// Whether a header cell is one of the role's first names, which mean nothing else.
    #[must_use]
    pub fn is_exactly(self, cell: &str) -> bool {
        let plain = plain(cell);
        plain == self.name() || self.names().take(4).any(|name| name == plain)
    }
}

/// Whether a header cell names the rows and nothing else.
#[must_use]
pub fn is_row_number(cell: &str) -> bool {
    [
        "",
        "id",
        "index",
        "idx",
        "rowid",
        "row",
        "rownum",
        "rownumber",
        "unnamed0",
        "no",
        "nr",
        "number",
        "序号",
        "编号",
        "行号",
    ]
    .contains(&plain(cell).as_str())
}

/// Whether a header cell says what items or users are like, and not which they are.
#[must_use]
pub fn is_attribute(cell: &str) -> bool {
    const ATTRIBUTES: &str = "\
        genre genres category categories type tag tags year country language gender sex age author title titles name \
        summary text review url description 类型 年份 标签";
    words(cell).iter().any(|word| ATTRIBUTES.split_whitespace().any(|attribute| attribute == word))
}

/// Whether any role has this name. An id such as `user_0815` is no name, whatever word is in it.
#[must_use]
pub fn is_known(cell: &str) -> bool {
    let known =
        |role: &Role| role.fit(cell).is_some_and(|fit| fit < NAMES || !cell.contains(|c: char| c.is_ascii_digit()));
    Role::ALL.iter().any(known)
}

/// Letters and digits only, in lower case, without the type that RecBole's files add.
#[must_use]
pub fn plain(cell: &str) -> String {
    const TYPES: [&str; 4] = [":token", ":float", ":token_seq", ":float_seq"];
    let cell = TYPES.iter().find_map(|kind| cell.strip_suffix(kind)).unwrap_or(cell);
    cell.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Whether `part` stands somewhere in `name`. The standard library's search is made for long texts, and four kilobytes of
/// WebAssembly.
#[must_use]
pub fn has(name: &str, part: &str) -> bool {
    name.as_bytes().windows(part.len()).any(|window| window == part.as_bytes())
}

/// The words of a name: `bookRating_id` is book, rating and id.
fn words(cell: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut lower = false;
    for c in cell.chars() {
        if !c.is_alphanumeric() || c.is_uppercase() && lower {
            words.push(String::new());
        }
        lower = c.is_lowercase();
        if c.is_alphanumeric() {
            words.last_mut().expect("there is one").extend(c.to_lowercase());
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_speak_for_their_role() {
        for (cell, role) in [
            ("userId", Role::User),
            ("User-ID", Role::User),
            ("user_id:token", Role::User),
            ("用户ID", Role::User),
            ("电影编号", Role::Item),
            ("wine_item_code", Role::Item),
            ("Book-Rating", Role::Rating),
            ("review/score", Role::Rating),
            ("评分", Role::Rating),
            ("rating_timestamp", Role::Time),
            ("Date Added", Role::Time),
        ] {
            let best = Role::ALL.into_iter().filter_map(|role| role.fit(cell).map(|fit| (fit, role))).min();
            assert_eq!(best.map(|(_, role)| role), Some(role), "{cell}");
        }
        for cell in ["average rating", "ratings_count", "age", "genres", "x"] {
            assert_eq!(Role::Rating.fit(cell), None, "{cell}");
        }
        assert!(is_known("user id") && !is_known("user_000008") && !is_known("Artist 36"));
        assert!(is_row_number("Unnamed: 0") && is_row_number("") && !is_row_number("user id"));
    }
}
